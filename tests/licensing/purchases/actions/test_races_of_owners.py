"""An import meets people who take a license that it would bring along: one owner, nothing lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import connection

from accounts.audit.models import AuditEvent
from accounts.directory.models import BusinessAccount, User
from licensing.events import Event
from licensing.licenses.actions import licenses
from licensing.licenses.errors import KeyTaken
from licensing.licenses.models import License
from licensing.purchases.actions import orders, unclaimed
from licensing.purchases.actions.corrections import correct_email
from licensing.purchases.actions.importing.write import ImportSummary
from licensing.purchases.models import Buyer, Purchase
from tests import factories
from tests.accounts.membership.actions.race import refusals, run_concurrently
from tests.licensing import purchase_factories
from tests.licensing.actions.paused_call import PausedCall
from tests.licensing.purchase_factories import NOW, take

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.embedded]
Act = Callable[[Purchase], object]
# Where each is stopped: it has taken the license, and hasn't said so yet.
IMPORT_HAS_IT = "INSERT INTO licensing_license ("
PERSON_HAS_IT = 'INSERT INTO "accounts_auditevent"'


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    both = threading.Barrier(2, timeout=60)  # else one thread might close twice, and one never

    def close() -> None:
        both.wait()
        connection.close()

    with ThreadPoolExecutor(2) as pool:
        yield pool
        for closed in [pool.submit(close) for _thread in range(2)]:
            closed.result()


@pytest.fixture(params=["registers the key", "takes what waits"])
def act(
    request: pytest.FixtureRequest, acme: BusinessAccount, globex: BusinessAccount, alice: User
) -> Act:
    """What Alice does for Acme. She administers Globex, too, so an import asks neither."""
    factories.member(globex, alice, "administrator")
    if request.param == "takes what waits":
        return lambda bought: unclaimed.attach(purchase=bought, account=acme, by=alice, now=NOW)

    def register(bought: Purchase) -> object:
        code = bought.license.keys.get().code
        return licenses.register_key(account=acme, code=code, by=alice, now=NOW)

    return register


def bought_online(alice: User, number: int = 1) -> Purchase:
    order = f"ON-{number}"
    purchase, _summary = purchase_factories.record(
        order_number=order, company=f"Initech {number}", primary_email=alice.email, channel="online"
    )
    return purchase


def sold_to_the_same(alice: User, number: int = 1) -> dict[str, str]:
    return purchase_factories.line(
        order_number=f"SO-{number}", company=f"Initech {number}", primary_email=alice.email
    )


def check_books() -> None:
    """Each license has one owner, whose history says so; no account is without any."""
    for account in BusinessAccount.objects.all():
        events = AuditEvent.objects.filter(account=account)
        told = events.filter(event=Event.LICENSE_ADDED).count()
        told += sum(int(event.subject) for event in events.filter(event=Event.LICENSES_ADDED))
        assert told == account.licenses.count()
        assert told or account.origin != BusinessAccount.Origin.PURCHASE
    assert not License.objects.filter(account=None).exists()


def test_who_comes_second_to_an_import_is_told_so(
    act: Act, alice: User, acme: BusinessAccount, threads: ThreadPoolExecutor
) -> None:
    bought = bought_online(alice)
    importing = PausedCall(
        threads, lambda: take(sold_to_the_same(alice)), lambda _n, sql: IMPORT_HAS_IT in sql
    )
    acting = threads.submit(act, bought)
    time.sleep(0.2)  # it runs into the import's lock

    importing.let_go()

    assert isinstance(acting.exception(60), KeyTaken)
    assert importing.outcome() == ImportSummary(new=1, accounts=1)
    assert not acme.licenses.exists()
    check_books()


@pytest.mark.parametrize("place", [PERSON_HAS_IT, 'UPDATE "licensing_license"'])
def test_an_import_that_comes_second_leaves_the_license_where_it_is(
    place: str, act: Act, alice: User, acme: BusinessAccount, threads: ThreadPoolExecutor
) -> None:
    bought = bought_online(alice)
    acting = PausedCall(threads, lambda: act(bought), lambda _n, sql: place in sql)
    importing = threads.submit(take, sold_to_the_same(alice))
    time.sleep(0.2)

    acting.let_go()

    assert not isinstance(acting.outcome(), Exception) or isinstance(acting.outcome(), KeyTaken)
    assert importing.result(60).new == 1
    bought.license.refresh_from_db()
    assert (bought.license.account == acme) != isinstance(acting.outcome(), KeyTaken)
    check_books()


def test_many_at_once_come_to_one_owner_each(act: Act, alice: User) -> None:
    for number in range(8):
        bought = bought_online(alice, number)
        by_api = purchase_factories.sold(**sold_to_the_same(alice, number))

        outcomes = run_concurrently(
            partial(act, bought),
            partial(take, sold_to_the_same(alice, number)),
            partial(orders.record, sold=by_api, now=NOW),
        )

        assert all(isinstance(error, KeyTaken) for error in refusals(outcomes)), outcomes
        check_books()
    assert Purchase.objects.count() == License.objects.count() == 16
    assert Buyer.objects.count() == 8


def test_a_correction_waits_for_an_import_to_the_same_account(
    sam: User, threads: ThreadPoolExecutor
) -> None:
    bought, _summary = purchase_factories.record(
        company="Initech 1", primary_email="peter@initech.example"
    )
    more = purchase_factories.line(
        order_number="SO-9", company="Initech 1", primary_email="peter@initech.example"
    )
    importing = PausedCall(threads, lambda: take(more), lambda _n, sql: IMPORT_HAS_IT in sql)
    correcting = threads.submit(
        correct_email, purchase=bought, address="petra@initech.example", by=sam, now=NOW
    )
    time.sleep(0.2)

    importing.let_go()

    assert importing.outcome() == ImportSummary(new=1)
    assert correcting.result(60) is None
    addresses = Purchase.objects.order_by("pk").values_list("primary_email", flat=True)
    assert list(addresses) == ["petra@initech.example", "peter@initech.example"]
