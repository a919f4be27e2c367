"""Refuses settings that would be dangerous together (`onboarding.E001…`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import allauth
import django
from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.utils import timezone

from accounts.sign_in import seeds
from licensing.documents import documents
from onboarding.site.secret_strength import weakness

_FLOORS: Final = {
    "Django": (django.VERSION[:3], (5, 2, 19)),
    "allauth": (allauth.VERSION[:3], (65, 21, 1)),
}
# Secrets that somebody chooses, and how many characters each needs.
_SECRETS: Final = {
    "SECRET_KEY": 50,
    "SECRET_KEY_FALLBACKS": 50,
    "PORTAL_SEED_KEYS": 32,
    "PORTAL_VENDOR_TOKEN": 32,
    "PORTAL_WEBHOOK_SECRET": 20,
    "PORTAL_METRICS_TOKEN": 32,
}
_MAILBOX: Final = "onboarding.embedded.mailbox.EmailBackend"


@register()
def dangerous_combinations(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    return [Error(text, id=f"onboarding.{code}") for code, wrong, text in _rules() if wrong]


def _rules() -> list[tuple[str, bool, str]]:
    production = not settings.PORTAL_EMBEDDED
    database = settings.DATABASES["default"]
    sqlite = database["ENGINE"].endswith("sqlite3")
    cache = settings.CACHES["default"]["BACKEND"]
    keys_fault = documents.key_set_fault(now=timezone.now())
    old = [name for name, (have, floor) in _FLOORS.items() if have < floor]
    return [
        (
            "E001",
            production and not settings.PORTAL_ORIGIN.startswith("https://"),
            "Set PORTAL_ORIGIN to an https:// address: passwords must not travel in the clear.",
        ),
        (
            "E002",
            any(host == "*" or host.startswith(".") for host in settings.ALLOWED_HOSTS),
            "ALLOWED_HOSTS must name hosts exactly: a wildcard lets a stranger's host in.",
        ),
        (
            "E003",
            production and settings.EMAIL_BACKEND == _MAILBOX,
            "Set EMAIL_URL, or EMAIL_BACKEND and Anymail's settings: "
            "outside embedded mode no mail would leave the machine.",
        ),
        (
            "E004",
            cache.endswith(("LocMemCache", "DummyCache")),
            "The cache counts tries for all processes: use Redis or the database cache.",
        ),
        (
            "E005",
            sqlite and database.get("OPTIONS", {}).get("transaction_mode") != "IMMEDIATE",
            'SQLite needs transaction_mode "IMMEDIATE": seats and roles are counted under a lock.',
        ),
        (
            "E006",
            settings.SESSION_SAVE_EVERY_REQUEST,
            "SESSION_SAVE_EVERY_REQUEST must stay off (CVE-2026-35192 and its kind).",
        ),
        (
            "E007",
            production and settings.DEBUG,
            "DEBUG must be off outside embedded mode: its pages show secrets.",
        ),
        ("E008", bool(old), f"Too old for this portal: {', '.join(old)}."),
        (
            "E009",
            production and sqlite,
            "Set DATABASE_URL to PostgreSQL: SQLite serves one machine only.",
        ),
        (
            "E010",
            bool(settings.SECURE_PROXY_SSL_HEADER) and not settings.PORTAL_TRUSTED_PROXIES,
            "SECURE_PROXY_SSL_HEADER trusts a header that anybody can send: "
            "set PORTAL_TRUSTED_PROXIES to the number of your proxies.",
        ),
        (
            "E011",
            bool(keys_fault),
            f"The keys that sign licenses (PORTAL_LICENSE_KEY_FILE) can't be used: {keys_fault}",
        ),
        (
            "E013",
            not set(settings.PORTAL_SEED_KEYS) - {seeds.CLEAR}
            or seeds.CLEAR in settings.PORTAL_SEED_KEYS[1:],
            f"PORTAL_SEED_KEYS needs at least one key; {seeds.CLEAR!r} stands before all keys "
            "or nowhere.",
        ),
        *(("E012", production, text) for text in _weak_secrets()),
    ]


def _weak_secrets() -> list[str]:
    """A sentence for each secret that could be guessed."""
    given = {name: getattr(settings, name, "") or () for name in _SECRETS}
    each = [
        (name, value)
        for name, values in given.items()
        for value in ([values] if isinstance(values, str) else values)
        if value != seeds.CLEAR
    ]
    return [
        f"Set {name} (or {name}_FILE) to a long random value: {wrong}. "
        'python -c "import secrets; print(secrets.token_urlsafe(48))" makes one.'
        for name, value in each
        if (wrong := weakness(value, least=_SECRETS[name]))
    ]
