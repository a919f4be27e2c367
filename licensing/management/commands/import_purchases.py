"""The vendor's purchases, from a file."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, BinaryIO, Final

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from licensing.purchases.actions import files, uploads
from licensing.purchases.actions.files import ImportStep
from licensing.purchases.actions.importing.write import ImportSummary
from licensing.purchases.errors import PurchasesRefused

_BAR: Final = 30


class Command(BaseCommand):
    help = (
        "Import a CSV of purchases: all of it, or nothing when any line is wrong. The same file "
        "again changes nothing. Companies that get a business account by it are invited."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--check", action="store_true", help="say what would happen, and change nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            with path.open("rb") as file:
                self._size = max(os.fstat(file.fileno()).st_size, 1)
                summary = self._check(file) if options["check"] else self._import(file, path.name)
        except OSError as error:
            raise CommandError(f"{path} can't be read: {error.strerror}.") from error
        except PurchasesRefused as refused:
            self._clear()
            for problem in refused.problems:
                self.stderr.write(f"{path.name}, {problem}")
            raise CommandError(_refusal(refused)) from refused
        self._clear()
        said = "would open" if options["check"] else "opened"
        self.stdout.write(
            f"{summary.new} new, {summary.unchanged} unchanged. "
            f"{_count(summary.accounts, 'business account')} {said}, "
            f"{_count(summary.accounts, 'invitation')} to mail."
        )

    def _check(self, file: BinaryIO) -> ImportSummary:
        return files.preview(file, now=timezone.now(), progress=self._progress)

    def _import(self, file: BinaryIO, name: str) -> ImportSummary:
        now = timezone.now()
        return files.import_file(
            file,
            now=now,
            progress=self._progress,
            note=lambda summary: uploads.record(name=name, summary=summary, now=now),
        )

    def _progress(self, step: ImportStep, done: int) -> None:
        """A bar for somebody who watches; files and pipes stay clean."""
        if not self.stderr.isatty():
            return
        percent = files.percent(step, done, size=self._size)
        filled = _BAR * percent // 100
        bar = "█" * filled + "░" * (_BAR - filled)
        self.stderr.write(f"\r{bar} {percent:3d} % {step.value}", ending="")
        self.stderr.flush()

    def _clear(self) -> None:
        if self.stderr.isatty():
            self.stderr.write("\r\x1b[K", ending="")


def _refusal(refused: PurchasesRefused) -> str:
    count = len(refused.problems)
    more = " (there may be more)" if count >= 100 else ""
    return f"{_count(count, 'problem')}{more}. Nothing was imported."


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
