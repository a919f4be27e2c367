"""Uploaded purchases: checked, imported when somebody says so, and never stuck."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.db import OperationalError

from accounts.directory.models import BusinessAccount, User
from licensing.purchases.actions import files, uploads
from licensing.purchases.actions.importing.write import ImportSummary
from licensing.purchases.errors import ImportNotReady
from licensing.purchases.models import Purchase, PurchaseImport
from licensing.purchases.models.purchase_import import ImportState
from licensing.purchases.rules import purchase_files
from tests.licensing import purchase_factories
from tests.licensing.purchase_factories import NOW
from tests.licensing.uploads import checked, started, state, upload, work

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


def test_a_check_says_what_would_happen_and_changes_nothing(sam: User) -> None:
    came = upload(
        sam,
        purchase_factories.line(),
        purchase_factories.line(order_number="SO-2", channel="online"),
    )
    assert state(came) is ImportState.WAITING

    work(came)

    assert state(came) is ImportState.READY
    assert (came.new, came.unchanged, came.accounts) == (2, 0, 1)
    assert not Purchase.objects.exists()


def test_an_import_is_written_down_with_who_when_and_what(sam: User) -> None:
    came = checked(sam, purchase_factories.line())

    uploads.start(upload=came, by=sam, now=NOW)
    work(came)

    assert state(came) is ImportState.IMPORTED
    assert (came.file_name, came.started_by, came.imported_at) == ("november.csv", sam, NOW)
    assert (came.new, came.unchanged, came.accounts) == (1, 0, 1)
    assert BusinessAccount.objects.get().created_at == came.imported_at
    assert not came.file.path.exists()


def test_problems_are_kept_and_the_file_is_not(sam: User) -> None:
    came = checked(
        sam, purchase_factories.line(), purchase_factories.line(order_number="SO-2", seats="many")
    )

    assert state(came) is ImportState.REFUSED
    assert [(problem.line, problem.column) for problem in came.found_problems] == [(3, "seats")]
    assert not came.file.path.exists()
    with pytest.raises(ImportNotReady):
        uploads.start(upload=came, by=sam, now=NOW)


def test_the_same_file_again_changes_nothing(sam: User) -> None:
    work(started(sam, purchase_factories.line()))

    again = checked(sam, purchase_factories.line())
    assert (again.new, again.unchanged) == (0, 1)
    uploads.start(upload=again, by=sam, now=NOW)
    work(again)

    assert state(again) is ImportState.IMPORTED
    assert (again.new, again.unchanged, again.accounts) == (0, 1, 0)
    assert Purchase.objects.count() == 1


def test_what_changed_since_the_check_is_refused_as_a_whole(sam: User) -> None:
    came = started(sam, purchase_factories.line(), purchase_factories.line(order_number="SO-2"))
    purchase_factories.take(purchase_factories.line(order_number="SO-2", seats="7"))

    work(came)

    assert state(came) is ImportState.REFUSED
    assert came.found_problems[0].line == 3
    assert Purchase.objects.count() == 1


def test_it_is_started_once(sam: User) -> None:
    came = started(sam, purchase_factories.line())

    with pytest.raises(ImportNotReady):
        uploads.start(upload=came, by=sam, now=NOW)


def test_a_worker_leaves_what_another_one_holds(sam: User) -> None:
    came = started(sam, purchase_factories.line())

    with came.file.held() as stream:
        assert stream is not None
        assert state(came) is ImportState.IMPORTING
        work(came)

    assert state(came) is ImportState.WAITING
    assert not Purchase.objects.exists()


def test_a_worker_that_died_is_seen_and_started_again_by_a_person(
    sam: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    came = started(sam, purchase_factories.line())
    with monkeypatch.context() as broken:
        broken.setattr(files, "import_file", _dies)
        with pytest.raises(ZeroDivisionError):
            work(came)
    assert state(came) is ImportState.STOPPED

    work(came)  # the broker delivers the task once more
    assert state(came) is ImportState.STOPPED
    uploads.try_again(upload=came, by=sam)
    work(came)

    assert state(came) is ImportState.IMPORTED


def test_a_check_that_died_is_started_again_too(sam: User, monkeypatch: pytest.MonkeyPatch) -> None:
    came = upload(sam, purchase_factories.line())
    with monkeypatch.context() as broken:
        broken.setattr(files, "preview", _dies)
        with pytest.raises(ZeroDivisionError):
            work(came)

    uploads.try_again(upload=came, by=sam)
    work(came)

    assert state(came) is ImportState.READY
    with pytest.raises(ImportNotReady):
        uploads.try_again(upload=came, by=sam)


def test_what_waited_too_long_for_another_import_has_its_turn_by_the_sweep(
    sam: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    came = started(sam, purchase_factories.line())
    with monkeypatch.context() as busy:
        busy.setattr(files, "import_file", _finds_it_locked)
        work(came)
    assert state(came) is ImportState.WAITING

    uploads.work_on_waiting(clock=lambda: NOW)

    assert state(came) is ImportState.IMPORTED


def test_the_sweep_checks_what_no_worker_was_told_of(sam: User) -> None:
    came = upload(sam, purchase_factories.line())

    uploads.work_on_waiting(clock=lambda: NOW)
    uploads.work_on_waiting(clock=lambda: NOW)

    assert state(came) is ImportState.READY
    assert not Purchase.objects.exists()


def test_a_discarded_file_is_gone_and_can_not_be_started(sam: User) -> None:
    came = checked(sam, purchase_factories.line())

    uploads.discard(upload=came, by=sam, now=NOW)

    assert state(came) is ImportState.DISCARDED
    assert not came.file.path.exists()
    with pytest.raises(ImportNotReady):
        uploads.start(upload=came, by=sam, now=NOW)
    with pytest.raises(ImportNotReady):
        uploads.discard(upload=came, by=sam, now=NOW)


def test_who_starts_or_discards_an_import_stands_in_the_staffs_log(
    sam: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported = started(sam, purchase_factories.line())
    with monkeypatch.context() as broken:
        broken.setattr(files, "import_file", _dies)
        with pytest.raises(ZeroDivisionError):
            work(imported)
    uploads.try_again(upload=imported, by=sam)
    unwanted = checked(sam, purchase_factories.line(order_number="SO-2"))
    uploads.discard(upload=unwanted, by=sam, now=NOW)
    with pytest.raises(ImportNotReady):
        uploads.discard(upload=unwanted, by=sam, now=NOW)

    written = LogEntry.objects.order_by("pk").values_list("user", "object_id", "change_message")
    assert list(written) == [
        (sam.pk, str(imported.pk), "Import started"),
        (sam.pk, str(imported.pk), "Import started again"),
        (sam.pk, str(unwanted.pk), "Import discarded"),
    ]


def test_what_a_worker_holds_can_not_be_discarded(sam: User) -> None:
    came = started(sam, purchase_factories.line())

    with came.file.held(), pytest.raises(ImportNotReady):
        uploads.discard(upload=came, by=sam, now=NOW)


def test_files_are_forgotten_after_a_day(sam: User) -> None:
    old, lost = checked(sam, purchase_factories.line()), checked(sam, purchase_factories.line())
    lost.file.delete()
    part = purchase_files.new_temporary_file()
    part.write_text("half a file")
    os.utime(part, (0, (NOW - timedelta(hours=1)).timestamp()))
    os.utime(old.file.path, (0, NOW.timestamp()))

    uploads.forget(now=NOW + timedelta(hours=22))
    assert state(old) is ImportState.READY
    assert part.exists()

    uploads.forget(now=NOW + timedelta(hours=24))
    assert state(old) is ImportState.DISCARDED
    assert lost.discarded_at is None
    lost.refresh_from_db()
    assert lost.discarded_at is not None
    assert not part.exists()
    assert not old.file.path.exists()


def test_an_import_from_the_command_line_is_written_down_as_nobodys() -> None:
    uploads.record(name="a\nb.csv", summary=ImportSummary(new=2, accounts=1), now=NOW)

    done = PurchaseImport.objects.get()
    assert (done.file_name, done.started_by, done.new) == ("a?b.csv", None, 2)
    assert state(done) is ImportState.IMPORTED


def test_a_long_name_keeps_its_end(sam: User) -> None:
    came = upload(sam, purchase_factories.line(), name="x" * 300 + ".csv")

    assert len(came.file_name) == 200
    assert came.file_name.endswith(".csv")


def _dies(*args: object, **options: object) -> None:
    raise ZeroDivisionError


def _finds_it_locked(*args: object, **options: object) -> None:
    raise OperationalError("database is locked")
