"""`manage.py up` collects static files once, under names that browsers keep for good."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.test import override_settings
from pytest_django.fixtures import Settings
from whitenoise.middleware import WhiteNoiseMiddleware

from onboarding.site import static_files


@pytest.fixture
def collected(tmp_path: Path, settings: Settings) -> Path:
    """An empty folder for the files of this test."""
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "onboarding.site.static_files.StaticFiles"}
    }
    settings.PORTAL_EMBEDDED = True
    settings.WHITENOISE_AUTOREFRESH = False
    settings.WHITENOISE_USE_FINDERS = False
    return tmp_path


def test_a_file_is_served_by_its_hash_compressed_and_for_good(collected: Path) -> None:
    static_files.collect()

    address = staticfiles_storage.url("css/portal.css")
    server = WhiteNoiseMiddleware(lambda request: None)
    answer = server.files[address].get_response("GET", {"HTTP_ACCEPT_ENCODING": "gzip"})

    assert re.fullmatch(r"/static/css/portal\.[0-9a-f]{12}\.css", address)
    headers = dict(answer.headers)
    assert headers["Content-Encoding"] == "gzip"
    assert "immutable" in headers["Cache-Control"]


def test_what_did_not_change_is_not_collected_again(collected: Path) -> None:
    static_files.collect()
    manifest = collected / "staticfiles.json"
    before = manifest.stat().st_mtime_ns

    static_files.collect()

    assert manifest.stat().st_mtime_ns == before


def test_what_changed_is_collected(collected: Path) -> None:
    static_files.collect()
    (collected / ".collected").write_text("of an older version")
    (collected / "css/portal.css").unlink()

    static_files.collect()

    assert (collected / "css/portal.css").exists()


def test_before_anything_is_collected_files_go_by_their_own_names(collected: Path) -> None:
    assert staticfiles_storage.url("css/portal.css") == "/static/css/portal.css"


def test_in_production_what_was_not_collected_is_an_error(collected: Path) -> None:
    with override_settings(PORTAL_EMBEDDED=False), pytest.raises(ValueError, match=r"portal\.css"):
        staticfiles_storage.url("css/portal.css")
