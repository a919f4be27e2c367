"""Files of purchases as staff uploads them."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from accounts.directory.models import User
from licensing.purchases.actions import uploads
from licensing.purchases.models import PurchaseImport
from licensing.purchases.models.purchase_import import ImportState
from licensing.purchases.rules.purchase_files import new_temporary_file
from tests.licensing import purchase_factories
from tests.licensing.purchase_factories import NOW


def upload(by: User, *lines: dict[str, str], name: str = "november.csv") -> PurchaseImport:
    """A file of these lines that has come in, and waits to be checked."""
    content = purchase_factories.file(*lines).getvalue()
    part = new_temporary_file()
    part.write_bytes(content)
    return uploads.receive(
        part=part,
        name=name,
        digest=hashlib.sha256(content).hexdigest(),
        size=len(content),
        by=by,
        now=NOW,
    )


def checked(by: User, *lines: dict[str, str]) -> PurchaseImport:
    """One that a worker has checked."""
    came = upload(by, *lines)
    work(came)
    return came


def started(by: User, *lines: dict[str, str]) -> PurchaseImport:
    """One that waits to be imported."""
    came = checked(by, *lines)
    uploads.start(upload=came, by=by, now=NOW)
    return came


def work(upload: PurchaseImport) -> None:
    """What a worker does when it is told of a file."""
    uploads.work(public_id=upload.public_id, clock=lambda: NOW)
    upload.refresh_from_db()


def state(upload: PurchaseImport) -> ImportState:
    look = upload.file.look()
    upload.refresh_from_db()
    return upload.state(look)


@pytest.fixture
def own_folder(settings: Any, tmp_path: Path) -> None:
    """Another worker's uploads are nobody's business in a test that counts files."""
    settings.PORTAL_DATA_DIR = tmp_path
