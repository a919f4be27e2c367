from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from onboarding.site.checks import dangerous_combinations

SQLITE = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:", "OPTIONS": {}}}
LOCAL_CACHE = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
GOOD = "qZ7vL2mXc9RtBw4KsYp8NfGh3JdTa6EuVo5PbWiSrHx0DyLkMnQe"
PRODUCTION: dict[str, Any] = {
    "SECRET_KEY": GOOD,
    "PORTAL_VENDOR_TOKEN": GOOD,
    "PORTAL_SEED_KEYS": ["clear", GOOD],
    "PORTAL_EMBEDDED": False,
    "PORTAL_ORIGIN": "https://portal.example.com",
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "ALLOWED_HOSTS": ["portal.example.com"],
    "DATABASES": {"default": {"ENGINE": "django.db.backends.postgresql"}},
}


def found(**changes: Any) -> set[str]:
    with override_settings(**{**PRODUCTION, **changes}):
        return {
            str(message.id).removeprefix("onboarding.") for message in dangerous_combinations(None)
        }


def test_a_proper_production_has_nothing_to_refuse() -> None:
    assert found() == set()
    assert found(PORTAL_VENDOR_TOKEN="") == set(), "the vendor need not use the API"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"PORTAL_ORIGIN": "http://portal.example.com"}, "E001"),
        ({"ALLOWED_HOSTS": ["*"]}, "E002"),
        ({"ALLOWED_HOSTS": [".example.com"]}, "E002"),
        ({"EMAIL_BACKEND": "onboarding.embedded.mailbox.EmailBackend"}, "E003"),
        ({"CACHES": LOCAL_CACHE}, "E004"),
        ({"DATABASES": SQLITE}, "E005"),
        ({"SESSION_SAVE_EVERY_REQUEST": True}, "E006"),
        ({"DEBUG": True}, "E007"),
        ({"DATABASES": SQLITE}, "E009"),
        (
            {"SECURE_PROXY_SSL_HEADER": ("HTTP_X", "https"), "PORTAL_TRUSTED_PROXIES": 0},
            "E010",
        ),
        ({"PORTAL_LICENSE_KEY_FILE": None, "PORTAL_LICENSE_KEY": '{"keys": []}'}, "E011"),
        ({"PORTAL_LICENSE_KEY_FILE": Path("/nowhere/keys.json")}, "E011"),
        ({"PORTAL_VENDOR_TOKEN": "short"}, "E012"),
        ({"SECRET_KEY": "changeme"}, "E012"),
        ({"PORTAL_SEED_KEYS": [GOOD, "short"]}, "E012"),
        ({"PORTAL_SEED_KEYS": []}, "E013"),
        ({"PORTAL_SEED_KEYS": ["clear"]}, "E013"),
        ({"PORTAL_SEED_KEYS": [GOOD, "clear"]}, "E013"),
        ({"SECRET_KEY": f"django-insecure-{GOOD}"}, "E012"),
        ({"SECRET_KEY_FALLBACKS": [GOOD[::-1], "x" * 60]}, "E012"),
        ({"PORTAL_WEBHOOK_SECRET": "user:password-user:password"}, "E012"),
        ({"PORTAL_METRICS_TOKEN": "metrics"}, "E012"),
    ],
)
def test_a_dangerous_combination_is_refused(changes: dict[str, Any], code: str) -> None:
    assert code in found(**changes)
