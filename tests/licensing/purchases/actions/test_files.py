"""A file of purchases: all or nothing, and again without doubling (CONTRACT, Purchases CSV)."""

from __future__ import annotations

import io
import itertools

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.audit.models import AuditEvent
from accounts.directory.models import BusinessAccount
from accounts.membership.models import Invitation
from accounts.outbox.models import OutboxMail
from licensing.events import Event
from licensing.licenses.models import Key, License
from licensing.purchases.actions import files
from licensing.purchases.actions.files import ImportStep
from licensing.purchases.actions.importing import companies
from licensing.purchases.actions.importing.write import ImportSummary
from licensing.purchases.errors import PurchasesRefused
from licensing.purchases.models import Buyer, Purchase
from tests.licensing import purchase_factories, sample_purchases
from tests.licensing.purchase_factories import NOW, take

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


def refused(*lines: dict[str, str]) -> list[tuple[int, str]]:
    """Where the problems are; nothing was written."""
    before = _counts()
    with pytest.raises(PurchasesRefused) as error:
        take(*lines)
    assert _counts() == before
    return [(problem.line, problem.column) for problem in error.value.problems]


def _counts() -> list[int]:
    models = (Purchase, License, Key, Buyer, BusinessAccount, Invitation, AuditEvent, OutboxMail)
    return [model._default_manager.count() for model in models]


def test_a_file_becomes_licenses_accounts_and_invitations() -> None:
    summary = take(
        purchase_factories.line(),
        purchase_factories.line(
            order_number="SO-2", company="Umbrella", primary_email="a@umbrella.example"
        ),
        purchase_factories.line(
            order_number="SO-3", channel="online", primary_email="b@winter.example"
        ),
    )

    assert summary == ImportSummary(new=3, accounts=2)
    assert set(BusinessAccount.objects.values_list("name", flat=True)) == {"Initech", "Umbrella"}
    assert License.objects.filter(account=None).count() == 1
    assert Key.objects.filter(is_primary=True).count() == 3


def test_mails_are_due_and_not_yet_written() -> None:
    take(purchase_factories.line())

    invitation = Invitation.objects.get()
    assert (invitation.mail_due_at, invitation.mail) == (NOW, None)
    assert not OutboxMail.objects.exists()


def test_two_lines_of_one_new_company_open_one_account() -> None:
    summary = take(
        purchase_factories.line(channel="online"),
        purchase_factories.line(order_number="SO-2", company="INITECH"),
        purchase_factories.permanent(order_number="SO-3", company="initech"),
    )

    assert summary == ImportSummary(new=3, accounts=1)
    account = BusinessAccount.objects.get()
    assert account.name == "Initech"
    assert account.licenses.count() == 3
    assert Invitation.objects.count() == 1
    assert account.events.get(event=Event.LICENSES_ADDED).subject == "3"


def test_the_same_file_again_changes_nothing() -> None:
    lines = [
        purchase_factories.line(),
        purchase_factories.line(order_number="SO-2", channel="online"),
    ]
    take(*lines)
    before = _counts()

    summary = take(*lines)

    assert summary == ImportSummary(unchanged=2)
    assert _counts() == before


def test_a_longer_file_adds_what_is_new() -> None:
    take(purchase_factories.line())

    summary = take(purchase_factories.line(), purchase_factories.line(order_number="SO-2"))

    assert summary == ImportSummary(new=1, unchanged=1)
    assert BusinessAccount.objects.get().licenses.count() == 2


def test_one_bad_line_refuses_the_whole_file() -> None:
    good = [purchase_factories.line(order_number=f"SO-{n}") for n in range(5)]

    assert refused(*good, purchase_factories.line(seats="many")) == [(7, "seats")]


def test_an_order_with_other_content_is_an_error_on_its_line() -> None:
    take(purchase_factories.line())

    assert refused(
        purchase_factories.line(order_number="SO-2"), purchase_factories.line(seats="7")
    ) == [(3, "order_number")]


def test_an_order_twice_in_a_file_is_an_error_that_names_both_lines() -> None:
    with pytest.raises(PurchasesRefused, match="line 4, column order_number: Line 2 has"):
        take(
            purchase_factories.line(),
            purchase_factories.line(order_number="SO-2"),
            purchase_factories.line(),
        )

    assert refused(
        purchase_factories.line(), purchase_factories.line(), purchase_factories.line(seats="7")
    ) == [
        (3, "order_number"),
        (4, "order_number"),
    ]


def test_a_key_twice_in_a_file_is_an_error() -> None:
    key = "0123456789ABCDEF"

    assert refused(
        purchase_factories.line(key=key),
        purchase_factories.line(order_number="SO-2", key=key.lower()),
    ) == [(3, "key")]


def test_a_key_of_another_license_is_an_error_and_the_own_one_is_not() -> None:
    mine = purchase_factories.line(key="0123456789ABCDEF")
    take(mine)

    assert refused(mine, purchase_factories.line(order_number="SO-2", key="0123456789ABCDEF")) == [
        (3, "key")
    ]
    assert take(mine) == ImportSummary(unchanged=1)


def test_a_preview_says_what_would_happen_and_changes_nothing() -> None:
    before = _counts()

    summary = files.preview(purchase_factories.file(purchase_factories.line()), now=NOW)

    assert summary == ImportSummary(new=1, accounts=1)
    assert _counts() == before
    assert take(purchase_factories.line()) == ImportSummary(new=1, accounts=1)


def test_a_header_alone_is_nothing_to_do() -> None:
    assert take() == ImportSummary()


def test_progress_goes_from_the_first_byte_to_the_last_row() -> None:
    told: list[tuple[ImportStep, int]] = []
    file = purchase_factories.file(purchase_factories.line())
    size = len(file.getvalue())

    files.import_file(file, now=NOW, progress=lambda step, done: told.append((step, done)))

    assert told[0] == (ImportStep.READING, size)
    writing = [done for step, done in told if step is ImportStep.WRITING]
    assert writing == sorted(writing)
    assert writing[-1] <= 100


def test_a_thousand_real_looking_purchases_come_in_whole_over_several_batches(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(companies, "_BATCH", 100)
    file = io.StringIO()
    sample_purchases.write(file, lines=1000, today=NOW.date())

    summary = files.import_file(io.BytesIO(file.getvalue().encode()), now=NOW)

    assert summary.new == 1000
    assert summary.accounts == BusinessAccount.objects.count() == Invitation.objects.count()
    assert summary.accounts == Buyer.objects.count()
    on = NOW.date()
    for purchase in Purchase.objects.select_related("license__account"):
        assert purchase.license.account or not purchase.opens_account(on)


def test_statements_do_not_grow_with_the_file() -> None:
    def statements(count: int, tag: str) -> int:
        lines = [
            purchase_factories.line(order_number=f"{tag}-{n}", company=f"{tag} {n}")
            for n in range(count)
        ]
        with CaptureQueriesContext(connection) as captured:
            take(*lines)
        return len(captured)

    few, many = statements(10, "A"), statements(400, "B")

    assert many - few <= 10, "ids come in growing blocks"


BOUGHT = [
    purchase_factories.line(order_number="SO-1", channel="online"),
    purchase_factories.line(order_number="SO-2", company="INITECH"),
    purchase_factories.line(order_number="SO-3", company="Umbrella", channel="online"),
    purchase_factories.permanent(order_number="SO-4"),
]


@pytest.mark.parametrize("cut", range(len(BOUGHT)))
def test_neither_the_order_of_lines_nor_their_division_into_files_matters(cut: int) -> None:
    outcomes = set()
    for lines in itertools.permutations(BOUGHT):
        with transaction.atomic():
            take(*lines[:cut])
            take(*lines[cut:])
            outcomes.add(_together())
            transaction.set_rollback(True)

    assert outcomes == {(("SO-1", "SO-2", "SO-4"), ("SO-3", None))}


def _together() -> tuple[tuple[str | None, ...], ...]:
    """The orders of each account, and those of none with None behind them."""
    groups: dict[int | None, list[str | None]] = {}
    for order, account in Purchase.objects.order_by("order_number").values_list(
        "order_number", "license__account"
    ):
        groups.setdefault(account, []).append(order)
    if None in groups:
        groups[None].append(None)
    return tuple(sorted(map(tuple, groups.values()), key=str))
