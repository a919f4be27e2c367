"""A new key takes over: published at once, used once consoles had time to learn it."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from licensing import key_files, signing_keys
from licensing.signing_keys import KeySetInvalid

LONGEST = 90


class Command(BaseCommand):
    help = (
        "Add a key to the set that signs licenses. It is published at once and signs from the end "
        "of the overlap on; earlier licenses keep verifying. The portal needs no restart."
    )
    requires_system_checks = []  # a damaged key set is told here, in one line

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--overlap-days",
            type=int,
            default=7,
            help="until the new key signs (default: 7; 0: at once)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        days: int = options["overlap_days"]
        if not 0 <= days <= LONGEST:
            raise CommandError(f"The overlap is between 0 and {LONGEST} days.")
        path: Path | None = settings.PORTAL_LICENSE_KEY_FILE
        if path is None:
            raise CommandError(
                "The keys stand in the environment (PORTAL_LICENSE_KEY), where nothing can be "
                "changed. Put them into a file, and set PORTAL_LICENSE_KEY_FILE to it."
            )
        now = timezone.now()
        signs_from = now + timedelta(days=days)

        def add_key(text: str) -> str:
            keys = signing_keys.parse(text)
            if days and (next_key := signing_keys.waiting(keys, now=now)):
                raise KeySetInvalid(
                    f"Key {next_key.kid} waits for its turn already. "
                    "In an emergency, --overlap-days 0 adds one that signs at once."
                )
            return signing_keys.rotated(text, signs_from=signs_from, now=now)

        try:
            key_files.replace(path, add_key)
        except KeySetInvalid as error:
            raise CommandError(f"{path} stays as it is. {error}") from error
        except OSError as error:
            raise CommandError(f"{path} can't be replaced: {error.strerror}.") from error
        newest = signing_keys.parse(path.read_text(encoding="utf-8"))[-1]
        self.stdout.write(
            f"Key {newest.kid} is published now and signs from {signs_from:%Y-%m-%d %H:%M} UTC on. "
            f"Licenses signed before keep verifying. Keep a copy of {path} in a safe place."
        )
