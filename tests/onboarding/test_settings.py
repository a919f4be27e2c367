"""Whatever a setting names by a dotted path is there: a module that moves takes its names along.

A name of a middleware fails at the first request, one of a schedule in the night, and one of a page
of errors when something has gone wrong already.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import pytest
from django.apps import apps
from django.conf import settings
from django.template import engines
from django.urls import get_resolver
from django.utils.module_loading import import_string

from onboarding.celery import app
from tests.architecture import source

_SETTINGS: Final = source.ROOT / "onboarding" / "settings.py"
_PATH: Final = re.compile(r"[a-z_][a-z_0-9]*(?:\.[A-Za-z_][A-Za-z_0-9]*)+(?::[A-Za-z_]\w*)?")
_PACKAGES: Final = ("accounts", "licensing", "onboarding", "django", "allauth", "whitenoise", "csp")
# A model's label; and what starts the portal, which a test must not.
_OTHERWISE: Final = ("AUTH_USER_MODEL", "WSGI_APPLICATION")
_HANDLERS: Final = ("handler400", "handler403", "handler404", "handler500")


def named() -> Iterator[tuple[str, str]]:
    """Every dotted path in a setting of ours, with the setting's name."""
    own = re.findall(r"^\s*([A-Z][A-Z_0-9]+)\b", _SETTINGS.read_text("utf-8"), re.MULTILINE)
    for name in dict.fromkeys(own):
        for text in _texts(getattr(settings, name, None)):
            is_path = _PATH.fullmatch(text) and text.partition(".")[0] in _PACKAGES
            if is_path and name not in _OTHERWISE:
                yield name, text


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _texts(key)
            yield from _texts(each)
    elif isinstance(value, list | tuple | set):
        for each in value:
            yield from _texts(each)


def _is_there(path: str) -> bool:
    try:
        import_string(path.replace(":", "."))
    except ImportError:
        return apps.is_installed(path) or path in TASKS
    return True


app.loader.import_default_modules()
TASKS: Final = frozenset(app.tasks)
NAMED: Final = sorted(set(named()))


def test_the_settings_that_name_code_are_all_looked_at() -> None:
    looked_at = {name for name, _ in NAMED}

    assert {
        "ACCOUNT_ADAPTER",
        "ACCOUNT_FORMS",
        "AUTHENTICATION_BACKENDS",
        "AUTH_PASSWORD_VALIDATORS",
        "CELERY_BEAT_SCHEDULE",
        "CSRF_FAILURE_VIEW",
        "INSTALLED_APPS",
        "MESSAGE_STORAGE",
        "MFA_ADAPTER",
        "MFA_FORMS",
        "MIDDLEWARE",
        "PASSWORD_HASHERS",
        "ROOT_URLCONF",
        "SESSION_ENGINE",
        "STORAGES",
        "TEMPLATES",
    } <= looked_at


@pytest.mark.parametrize(("setting", "path"), NAMED)
def test_what_a_setting_names_is_there(setting: str, path: str) -> None:
    assert _is_there(path), f"{setting} names {path}"


def test_people_and_the_way_to_start_are_there() -> None:
    module, _, name = settings.WSGI_APPLICATION.rpartition(".")

    assert apps.get_model(settings.AUTH_USER_MODEL)
    found = find_spec(module)
    assert found is not None
    assert found.origin is not None
    assert re.search(rf"^{name}\b", Path(found.origin).read_text("utf-8"), re.MULTILINE)


def test_every_scheduled_job_is_a_task() -> None:
    assert {each["task"] for each in settings.CELERY_BEAT_SCHEDULE.values()} <= TASKS


def test_pages_of_errors_and_libraries_of_templates_load() -> None:
    root = __import__(settings.ROOT_URLCONF, fromlist=["urlpatterns"])
    for handler in _HANDLERS:
        if isinstance(path := getattr(root, handler, None), str):
            assert callable(import_string(path)), handler
        assert callable(get_resolver().resolve_error_handler(int(handler.removeprefix("handler"))))
    engine = engines["django"].engine  # type: ignore[attr-defined]
    assert "portal" in engine.template_libraries


def test_a_name_that_leads_nowhere_is_seen() -> None:
    assert not _is_there("accounts.middleware.gone")
    assert not _is_there("onboarding.tasks_gone.send_digests")
