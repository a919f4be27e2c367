"""The first command of a production portal: it needs no database, no secret and no license key."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.identity import private_files
from licensing.documents import signing_keys
from onboarding.site import production_secrets

# Whom the containers run as when they would otherwise be root (Dockerfile).
_CONTAINER_USER: Final = 10001


class Command(BaseCommand):
    help = (
        "Make every secret of a production portal in DIR: a .env and the keys that sign licenses, "
        "both for their owner only. What is there already stays as it is, so run it as often as "
        "you like."
    )
    requires_system_checks = []  # they would miss the very secrets that are made here

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dir", type=Path, metavar="DIR")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["dir"].absolute()
        try:
            added = self._write_environment(folder / ".env")
            named = _names_keys((folder / ".env").read_text("utf-8"))
            made_keys = not named and self._make_keys(folder / "data")
        except OSError as error:
            raise CommandError(f"{error.filename} can't be written: {error.strerror}.") from error
        if not added and not made_keys:
            self.stdout.write("Everything was there already and stays as it is.")
        self._say_what_is_left(folder / ".env")

    def _write_environment(self, path: Path) -> list[str]:
        example = settings.BASE_DIR / ".env.example"
        before = path.read_text("utf-8") if path.exists() else example.read_text("utf-8")
        user, group = _owner()
        given = {
            "PORTAL_DATA_DIR": str(path.parent / "data"),
            "PORTAL_CONTAINER_USER": f"{user}:{group}",
            "PORTAL_CONTAINER_DATA": "./data",
        }
        after, added = production_secrets.filled_in(before, {} if _names_keys(before) else given)
        if added:
            draft = path.with_name(f".env.{os.getpid()}")
            private_files.create(draft, after)
            draft.replace(path)
            self.stdout.write(f"Wrote {', '.join(added)} to {path}.")
        return added

    def _make_keys(self, data: Path) -> bool:
        path = data / "license_keys.json"
        if path.exists():
            return False
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        private_files.create(path, signing_keys.first_key_set(now=timezone.now()))
        if os.geteuid() == 0:
            for each in (data, path):
                os.chown(each, *_owner())
        self.stdout.write(
            f"Made {path}, which signs licenses. Keep a copy of it and of .env in a safe place, "
            "apart from the database's backups."
        )
        return True

    def _say_what_is_left(self, environment: Path) -> None:
        left = production_secrets.left_to_fill_in(environment.read_text("utf-8"))
        if left:
            self.stdout.write(f"Now fill in {', '.join(left)} in {environment}.")
        self.stdout.write(
            "Without docker-compose.yml, set DATABASE_URL and REDIS_URL there, too. "
            "Then docs/production.md goes on with the first start."
        )


def _names_keys(environment: str) -> bool:
    """True when license keys are kept where the operator says: data stays where it is, too."""
    names = ("PORTAL_LICENSE_KEY_FILE", "PORTAL_LICENSE_KEY")
    values = production_secrets.settings_in(environment)
    return any(values.get(name) for name in names)


def _owner() -> tuple[int, int]:
    """Whose the data folder is: whoever runs this, but never root."""
    if os.geteuid() == 0:
        return _CONTAINER_USER, _CONTAINER_USER
    return os.geteuid(), os.getegid()
