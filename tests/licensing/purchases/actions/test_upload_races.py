"""Two members of staff, or two workers, at the same time: nothing Double a quote."""

from __future__ import annotations

import pytest

from accounts.directory.models import BusinessAccount, User
from accounts.membership.models import Invitation
from licensing.purchases.actions import uploads
from licensing.purchases.errors import ImportNotReady
from licensing.purchases.models import Purchase
from licensing.purchases.models.purchase_import import ImportState
from tests.accounts.membership.actions.race import refusals, run_concurrently
from tests.licensing import purchase_factories
from tests.licensing.purchase_factories import NOW
from tests.licensing.uploads import checked, started, state, work

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.embedded]
LINES = [
    purchase_factories.line(order_number=f"SO-{n}", company=f"Company {n % 40}") for n in range(120)
]


def test_of_two_who_start_one_file_one_wins(sam: User) -> None:
    came = checked(sam, *LINES)

    def start() -> None:
        uploads.start(upload=came, by=sam, now=NOW)

    outcomes = run_concurrently(start, start)

    assert [type(outcome) for outcome in refusals(outcomes)] == [ImportNotReady]


def test_two_workers_import_one_file_once(sam: User) -> None:
    came = started(sam, *LINES)

    assert not refusals(run_concurrently(*[lambda: work(came)] * 3))

    assert state(came) is ImportState.IMPORTED
    assert came.new == Purchase.objects.count() == 120


def test_one_file_uploaded_twice_is_imported_once(sam: User) -> None:
    first, second = started(sam, *LINES), started(sam, *LINES)

    assert not refusals(run_concurrently(lambda: work(first), lambda: work(second)))

    assert state(first) is state(second) is ImportState.IMPORTED
    assert sorted([first.new, second.new]) == [0, 120]
    assert Purchase.objects.count() == 120
    assert BusinessAccount.objects.count() == Invitation.objects.count() == 40
