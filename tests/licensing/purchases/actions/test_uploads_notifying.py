"""A page that leaves work behind wakes a worker; it never talks to the broker itself."""

from __future__ import annotations

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.directory.models import User
from accounts.outbox import worker_signals
from licensing.purchases.actions import uploads
from tests.licensing import purchase_factories
from tests.licensing.purchase_factories import NOW
from tests.licensing.uploads import checked, upload

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


@pytest.fixture
def notified(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    heard: list[str] = []
    monkeypatch.setattr(worker_signals, "notify", heard.append)
    return heard


def test_an_upload_wakes_a_worker_after_the_commit(
    sam: User,
    notified: list[str],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        upload(sam, purchase_factories.line())
        assert notified == []

    assert notified == ["licensing.tasks.import_waiting"]


def test_starting_an_import_wakes_a_worker_after_the_commit(
    sam: User,
    notified: list[str],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    came = checked(sam, purchase_factories.line())

    with django_capture_on_commit_callbacks(execute=True):
        uploads.start(upload=came, by=sam, now=NOW)
        assert notified == []

    assert notified == ["licensing.tasks.import_waiting"]
