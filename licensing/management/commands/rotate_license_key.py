"""A new key takes over: published at once, used once consoles had time to learn it."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from licensing.documents import key_set_files, signing_keys
from licensing.documents.signing_keys import KeySetInvalid, SigningKey
from licensing.fleet.actions import withdrawal

MAX_OVERLAP_DAYS = 90


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
        parser.add_argument(
            "--emergency",
            action="store_true",
            help=(
                "the key file may have leaked: a new key signs at once, keys that wait in it are "
                "withdrawn, and no private part of an earlier key stays. What was signed keeps "
                "verifying: withdraw_license_key ends that"
            ),
        )

    def handle(self, *args: Any, **options: Any) -> None:
        days: int = options["overlap_days"]
        if not 0 <= days <= MAX_OVERLAP_DAYS:
            raise CommandError(f"The overlap is between 0 and {MAX_OVERLAP_DAYS} days.")
        path: Path | None = settings.PORTAL_LICENSE_KEY_FILE
        if path is None:
            raise CommandError(
                "The keys stand in the environment (PORTAL_LICENSE_KEY), where nothing can be "
                "changed. Put them into a file, and set PORTAL_LICENSE_KEY_FILE to it."
            )
        if options["emergency"]:
            self._replace(path)
            return
        now = timezone.now()
        signs_from = now + timedelta(days=days)

        def add_key(text: str) -> str:
            keys = signing_keys.parse(text)
            if days and (next_key := signing_keys.waiting(keys, now=now)):
                raise KeySetInvalid(
                    f"Key {next_key.kid} waits for its turn already. "
                    "If the file may have leaked, --emergency makes another key sign at once."
                )
            return signing_keys.rotated(text, signs_from=signs_from, now=now)

        newest = replaced(path, add_key)
        self.stdout.write(
            f"Key {newest.kid} is published now and signs from {signs_from:%Y-%m-%d %H:%M} UTC on. "
            f"Licenses signed before keep verifying. Keep a copy of {path} in a safe place."
        )

    def _replace(self, path: Path) -> None:
        """A new key signs, and the file holds no other private part."""
        newest, dropped = emergency(path)
        withdrawal.withdraw(kids=dropped, now=timezone.now())
        self.stdout.write(
            f"Key {newest.kid} signs from now on; no private part of an earlier key is left in "
            f"{path}. Keep a copy of it in a safe place, and destroy copies of the old one."
        )
        for kid in dropped:
            self.stdout.write(f"Key {kid} waited in the file, and is withdrawn.")
        self.stdout.write(
            "What earlier keys signed keeps verifying. If one has leaked: withdraw_license_key."
        )


def replaced(path: Path, change: Callable[[str], str]) -> SigningKey:
    """Change the key file as a whole; its newest key. Raises CommandError."""
    try:
        key_set_files.replace(path, change)
    except KeySetInvalid as error:
        raise CommandError(f"{path} stays as it is. {error}") from error
    except OSError as error:
        raise CommandError(f"{path} can't be replaced: {error.strerror}.") from error
    return signing_keys.parse(path.read_text(encoding="utf-8"))[-1]


def emergency(path: Path) -> tuple[SigningKey, list[str]]:
    """Make a fresh key the only one in the file that can sign; that key, and the kids of those
    that waited, which are in no set any more. Raises CommandError."""
    dropped: list[str] = []

    def change(text: str) -> str:
        new, gone = signing_keys.replaced(text, now=timezone.now())
        dropped.extend(gone)
        return new

    return replaced(path, change), dropped
