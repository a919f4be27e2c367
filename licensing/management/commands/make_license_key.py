"""The first keys of a portal."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.identity import private_files
from licensing.documents import signing_keys


class Command(BaseCommand):
    help = "Make the key set that signs licenses, in a new file that only its owner can read."
    requires_system_checks = []  # they would miss the very keys that are made here

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"].absolute()
        try:
            private_files.create(path, signing_keys.first_key_set(now=timezone.now()))
        except FileExistsError as error:
            raise CommandError(
                f"{path} exists and stays as it is: licenses may be signed with it. "
                "Name another file, or change keys with rotate_license_key."
            ) from error
        except OSError as error:
            raise CommandError(f"{path} can't be written: {error.strerror}.") from error
        self.stdout.write(
            f"Made {path}. Set PORTAL_LICENSE_KEY_FILE to it, and keep a copy in a safe place: "
            "without these keys no license can be signed."
        )
