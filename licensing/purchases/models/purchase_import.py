from __future__ import annotations

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from licensing.purchases.errors import CsvProblem
from licensing.purchases.rules.purchase_files import PurchaseFile, UploadStatus


class ImportState(models.TextChoices):
    """What can be said of an import; `kind` is the meaning of its color."""

    WAITING = "waiting", _("Waiting in line")
    CHECKING = "checking", _("Being checked")
    READY = "ready", _("Checked")
    IMPORTING = "importing", _("Being imported")
    STOPPED = "stopped", _("Stopped")
    IMPORTED = "imported", _("Imported")
    REFUSED = "refused", _("Refused")
    DISCARDED = "discarded", _("Discarded")

    @property
    def goes_on(self) -> bool:
        """True while waiting alone changes it."""
        return self in (ImportState.WAITING, ImportState.CHECKING, ImportState.IMPORTING)


class PurchaseImportQuerySet(models.QuerySet["PurchaseImport"]):
    def unended(self) -> Self:
        """Imports that may still come to something."""
        return self.filter(imported_at=None, refused_at=None, discarded_at=None)

    def for_a_worker(self) -> Self:
        """Imports on which a worker has to do something."""
        return self.unended().filter(models.Q(checked_at=None) | models.Q(started_at__isnull=False))


class PurchaseImport(models.Model):
    """One file of purchases: who brought it, what it would do, and what came of it.

    The record of who imported what: rows are never deleted.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    file_name = models.CharField(max_length=200)
    file_digest = models.CharField(max_length=64)  # SHA-256, hexadecimal
    size = models.PositiveBigIntegerField()  # bytes
    uploaded_at = models.DateTimeField()
    # Nobody: from the command line.
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    checked_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    # The moment that all rows it made carry as theirs.
    imported_at = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)
    discarded_at = models.DateTimeField(null=True, blank=True)
    # What it would do once it is checked, what it did once it is imported.
    new = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    accounts = models.PositiveIntegerField(default=0)  # each with its invitation
    # [[7, "seats", "…"]], 100 at most.
    problems = models.JSONField(default=list)

    objects = PurchaseImportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(imported_at=None, refused_at=None)
                | models.Q(imported_at=None, discarded_at=None)
                | models.Q(refused_at=None, discarded_at=None),
                name="import_ends_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["file_digest"],
                condition=models.Q(imported_at__isnull=False),
                name="import_by_file",
            )
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def file(self) -> PurchaseFile:
        return PurchaseFile(self.public_id)

    @property
    def found_problems(self) -> list[CsvProblem]:
        return [CsvProblem(*problem) for problem in self.problems]

    @property
    def lines(self) -> int:
        return self.new + self.unchanged

    def state(self, look: UploadStatus) -> ImportState:
        """What it is at, given how its file was found before this row was read."""
        return self._end() or self._present(look)

    def _end(self) -> ImportState | None:
        if self.imported_at:
            return ImportState.IMPORTED
        if self.refused_at:
            return ImportState.REFUSED
        return ImportState.DISCARDED if self.discarded_at else None

    def _present(self, look: UploadStatus) -> ImportState:
        if not look.is_there:
            return ImportState.DISCARDED
        if look.is_held:
            return ImportState.IMPORTING if self.started_at else ImportState.CHECKING
        if self.checked_at and not self.started_at:
            return ImportState.READY
        return ImportState.WAITING if look.percent is None else ImportState.STOPPED
