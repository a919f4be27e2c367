"""Imports that meet or are killed: all or nothing, once (SPEC 5)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from accounts.directory.models import BusinessAccount
from accounts.membership.models import Invitation
from licensing.licenses.models import Key, License
from licensing.purchases.actions import orders
from licensing.purchases.actions.importing.write import ImportSummary
from licensing.purchases.models import Purchase
from tests.accounts.membership.actions.race import refusals, run_concurrently
from tests.licensing import purchase_factories
from tests.licensing.purchase_factories import NOW, take

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.embedded]
LINES = [
    purchase_factories.line(order_number=f"SO-{n}", company=f"Company {n % 40}") for n in range(120)
]


def test_of_two_imports_of_one_file_at_once_one_wins() -> None:
    outcomes = run_concurrently(lambda: take(*LINES), lambda: take(*LINES), lambda: take(*LINES))

    assert not refusals(outcomes)
    won = [outcome for outcome in outcomes if outcome == ImportSummary(new=120, accounts=40)]
    lost = [outcome for outcome in outcomes if outcome == ImportSummary(unchanged=120)]
    assert (len(won), len(lost)) == (1, 2)
    assert Purchase.objects.count() == License.objects.count() == Key.objects.count() == 120
    assert BusinessAccount.objects.count() == Invitation.objects.count() == 40


def test_two_files_with_one_new_company_open_one_account() -> None:
    outcomes = run_concurrently(
        *[lambda n=n: take(purchase_factories.line(order_number=f"SO-{n}")) for n in range(4)]
    )

    assert not refusals(outcomes)
    assert BusinessAccount.objects.get().licenses.count() == 4


def test_a_purchase_by_the_api_and_an_import_of_it_meet() -> None:
    outcomes = run_concurrently(
        lambda: orders.record(sold=purchase_factories.sold(), now=NOW),
        lambda: take(purchase_factories.line(), purchase_factories.line(order_number="SO-2")),
    )

    assert not refusals(outcomes)
    assert Purchase.objects.count() == 2
    assert BusinessAccount.objects.count() == 1


@pytest.mark.parametrize("after", ["_LICENSES", "_PURCHASES", "_KEYS"])
def test_an_import_that_is_killed_leaves_nothing_and_can_be_repeated(
    after: str, tmp_path: Path
) -> None:
    file = tmp_path / "purchases.csv"
    file.write_bytes(purchase_factories.file(*LINES).getvalue())

    _killed_after(after, file, tmp_path)

    assert not Purchase.objects.exists()
    assert not License.objects.exists()
    assert not BusinessAccount.objects.exists()
    assert take(*LINES) == ImportSummary(new=120, accounts=40)


# Stops for good where `after` was written, and says so: the test kills it there.
_CHILD = """
import sys, time
from pathlib import Path
import django
django.setup()
from django.utils import timezone
from licensing.purchases.actions import files
from licensing.purchases.actions.importing import rows, write
after, file, mark = sys.argv[1:]
run = rows.run
def stop(statement, **parameters):
    written = run(statement, **parameters)
    if statement == getattr(write, after):
        Path(mark).write_text(str(written))
        time.sleep(60)
    return written
rows.run = stop
with open(file, "rb") as stream:
    files.import_file(stream, now=timezone.now())
"""


def _killed_after(after: str, file: Path, folder: Path) -> None:
    mark = folder / "written"
    child = subprocess.Popen(
        [sys.executable, "-c", _CHILD, after, str(file), str(mark)],
        cwd=settings.BASE_DIR,
        env=os.environ | _same_database(),
    )
    try:
        deadline = time.monotonic() + 60
        while not mark.exists() or not mark.read_text():
            assert child.poll() is None, "the import ended by itself"
            assert time.monotonic() < deadline
            time.sleep(0.02)
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()
    assert mark.read_text() == "120"


def _same_database() -> dict[str, str]:
    """The environment in which the portal uses the database of this test."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        url = f"sqlite:///{name}"
    else:
        url = os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{name}"
    return {"DJANGO_SETTINGS_MODULE": "onboarding.settings", "DATABASE_URL": url}
