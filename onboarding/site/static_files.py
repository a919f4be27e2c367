"""Static files under names that say what is in them, so that browsers keep them for good."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from whitenoise.storage import CompressedManifestStaticFilesStorage

_STAMP: Final = ".collected"


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Hashed and compressed by `collectstatic`. On one machine, where nothing may have been
    collected yet, files go by their own names."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self._addresses: dict[str, str] = {}

    def url(self, name: str, force: bool = False) -> str:
        address = self._addresses.get(name)
        if address is None:
            address = self._addresses[name] = super().url(name, force)
        return address

    def stored_name(self, name: str) -> str:
        if settings.PORTAL_EMBEDDED and not self.hashed_files:
            return name
        stored: str = super().stored_name(name)
        return stored


def collect() -> None:
    """Collect the static files, unless those that lie there were made of the same."""
    stamp, sources = Path(settings.STATIC_ROOT) / _STAMP, _digest()
    if stamp.exists() and stamp.read_text() == sources:
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(sources)


def _digest() -> str:
    """Changes whenever a source does."""
    found = hashlib.sha256()
    for finder in finders.get_finders():
        for name, storage in finder.list(None):
            facts = Path(storage.path(name)).stat()
            found.update(f"{name} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return found.hexdigest()
