"""Purchase files that staff uploads: checked first, imported on request.

A worker does both (`work`) while it locks the file. The result is stored in the importing
transaction; progress is stored beside the file (PurchaseFile).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Final

import structlog
from allauth.core import context as allauth_context
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import outbox
from accounts.directory.models import User
from accounts.web import security_log
from licensing.purchases.actions import files
from licensing.purchases.actions.files import ImportStep, Progress
from licensing.purchases.actions.importing import rows
from licensing.purchases.actions.importing.write import ImportSummary
from licensing.purchases.errors import ImportNotReady, PurchasesRefused
from licensing.purchases.models import PurchaseImport
from licensing.purchases.models.purchase_import import ImportState
from licensing.purchases.rules import purchase_files
from licensing.purchases.rules.purchase_files import PurchaseFile

KEEP_UPLOADS_FOR: Final = timedelta(days=1)
log = structlog.get_logger(__name__)
_WAKE_WORKER: Final = partial(outbox.notify_workers, "licensing.tasks.import_waiting")
Clock = Callable[[], datetime]


def receive(
    *, part: Path, name: str, digest: str, size: int, by: User, now: datetime
) -> PurchaseImport:
    """Store an uploaded file; a worker checks it."""
    file = PurchaseFile(uuid.uuid4())
    file.keep(part)
    try:
        received = PurchaseImport.objects.create(
            public_id=file.public_id,
            file_name=_printable(name),
            file_digest=digest,
            size=size,
            uploaded_at=now,
            uploaded_by=by,
        )
    except Exception:
        file.delete()  # or the purchases would lie here for a day, unknown to anyone
        raise
    transaction.on_commit(_WAKE_WORKER, robust=True)
    return received


def record(*, name: str, summary: ImportSummary, now: datetime) -> None:
    """Record an import from the command line."""
    PurchaseImport.objects.create(
        file_name=_printable(name),
        size=0,
        uploaded_at=now,
        started_at=now,
        imported_at=now,
        **_counts(summary),
    )


@transaction.atomic
def start(*, upload: PurchaseImport, by: User, now: datetime) -> None:
    """Have a worker import a checked file. Raises ImportNotReady, also when someone else was
    first."""
    _only_in(upload, ImportState.READY)
    upload.file.forget_progress()
    ready = PurchaseImport.objects.unended().filter(pk=upload.pk, started_at=None)
    if not ready.exclude(checked_at=None).update(started_at=now, started_by=by):
        raise ImportNotReady
    _note_act(upload, by, "import_started", _("Import started"))
    transaction.on_commit(_WAKE_WORKER, robust=True)


@transaction.atomic
def try_again(*, upload: PurchaseImport, by: User) -> None:
    """Have a worker continue an import whose worker died, now in the name of `by`.

    Raises ImportNotReady.
    """
    _only_in(upload, ImportState.STOPPED)
    whose = {"started_by": by} if upload.started_at else {"uploaded_by": by}
    PurchaseImport.objects.filter(pk=upload.pk).update(**whose)
    _note_act(upload, by, "import_started_again", _("Import started again"))
    upload.file.forget_progress()
    transaction.on_commit(_WAKE_WORKER, robust=True)


def discard(*, upload: PurchaseImport, by: User | None, now: datetime) -> None:
    """Delete a file without importing it; `by` is None when its day is over. Raises
    ImportNotReady."""
    with upload.file.held() as stream:
        with transaction.atomic():
            unended = PurchaseImport.objects.unended().filter(pk=upload.pk)
            if stream is None or not unended.update(discarded_at=now):
                raise ImportNotReady
            if by is not None:
                _note_act(upload, by, "import_discarded", _("Import discarded"))
        upload.file.delete()


def forget(*, now: datetime) -> None:
    """Delete files a day after their upload, whatever the result."""
    for upload in PurchaseImport.objects.unended().filter(uploaded_at__lte=now - KEEP_UPLOADS_FOR):
        try:
            discard(upload=upload, by=None, now=now)
        except ImportNotReady:
            if not upload.file.look().is_there:
                PurchaseImport.objects.unended().filter(pk=upload.pk).update(discarded_at=now)
    purchase_files.delete_older_than((now - KEEP_UPLOADS_FOR).timestamp())


def work_on_waiting(*, clock: Clock = timezone.now) -> None:
    """Work on files that no worker was told about, or that had to wait for another import."""
    for upload in PurchaseImport.objects.for_a_worker().order_by("pk"):
        if upload.state(upload.file.look()) is ImportState.WAITING:
            work(public_id=upload.public_id, clock=clock)


def work(*, public_id: uuid.UUID, clock: Clock = timezone.now) -> None:
    """Check or import a waiting file; skip one that another worker is on or died on.

    A worker may have died because of this file, so a person decides whether to continue
    (`try_again`). A file whose person isn't active staff any more when its turn comes is discarded.
    """
    file = PurchaseFile(public_id)
    with file.held() as stream:
        # Read while the file is locked, so that nobody else changes the result.
        waiting = PurchaseImport.objects.for_a_worker().filter(public_id=public_id).first()
        if stream is None or waiting is None or file.look().percent is not None:
            return
        if not _is_still_staff(_asked_by(waiting)):
            _drop(waiting, clock())
            return
        file.note_progress(0)
        try:
            ended = (
                _import(waiting, stream, clock())
                if waiting.started_at
                else (_check(waiting, stream, clock()))
            )
        except OperationalError as error:
            if not rows.is_busy(error):
                raise
            log.info("import_waits", error=type(error.__cause__).__name__)
            ended = False
        file.delete() if ended else file.forget_progress()


def _asked_by(upload: PurchaseImport) -> User | None:
    """Whose word the next step of a file rests on."""
    return upload.started_by if upload.started_at else upload.uploaded_by


def _is_still_staff(person: User | None) -> bool:
    return person is not None and person.is_staff and person.is_active


def _drop(upload: PurchaseImport, now: datetime) -> None:
    """Discard a file for which nobody of staff stands any more."""
    _note(upload, discarded_at=now)
    upload.file.delete()
    actor = getattr(_asked_by(upload), "pk", None)
    security_log.done(None, security_log.AUTHZ_FAIL, "import_without_staff", actor=actor)


def _check(upload: PurchaseImport, stream: BinaryIO, now: datetime) -> bool:
    """Store what an import would do; True when the file can't be imported."""
    try:
        summary = files.preview(stream, now=now, progress=_progress(upload))
    except PurchasesRefused as refused:
        _note(upload, checked_at=now, refused_at=now, problems=_listed(refused))
        return True
    _note(upload, checked_at=now, **_counts(summary))
    return False


def _import(upload: PurchaseImport, stream: BinaryIO, now: datetime) -> bool:
    try:
        files.import_file(
            stream,
            now=now,
            progress=_progress(upload),
            note=lambda summary: _note(upload, imported_at=now, **_counts(summary)),
        )
    except PurchasesRefused as refused:
        _note(upload, refused_at=now, problems=_listed(refused))
    return True


def _note(upload: PurchaseImport, **facts: Any) -> None:
    if not PurchaseImport.objects.unended().filter(pk=upload.pk).update(**facts):
        raise ImportNotReady


def _progress(upload: PurchaseImport) -> Progress:
    def told(step: ImportStep, done: int) -> None:
        upload.file.note_progress(files.percent(step, done, size=upload.size))

    return told


def _note_act(upload: PurchaseImport, by: User, act: str, words: str) -> None:
    """Record who did it in the staff log and the security log; it belongs to no account's log."""
    LogEntry.objects.log_actions(by.pk, [upload], CHANGE, words)
    request = allauth_context.request
    line = partial(security_log.done, request, security_log.AUTHZ_ADMIN, act, actor=by.pk)
    transaction.on_commit(line, robust=True)


def _only_in(upload: PurchaseImport, state: ImportState) -> None:
    look = upload.file.look()
    upload.refresh_from_db()
    if upload.state(look) is not state:
        raise ImportNotReady


def _counts(summary: ImportSummary) -> dict[str, int]:
    return {
        "new": summary.new,
        "unchanged": summary.unchanged,
        "accounts": summary.accounts,
    }


def _listed(refused: PurchasesRefused) -> list[list[str | int]]:
    return [[problem.line, problem.column, str(problem.message)] for problem in refused.problems]


def _printable(name: str) -> str:
    """The end of a file name, which shows its type."""
    return "".join(letter if letter.isprintable() else "?" for letter in name)[-200:]
