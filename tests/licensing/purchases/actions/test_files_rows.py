"""The rows that a file of purchases becomes: texts, addresses, ids and events as they should be."""

from __future__ import annotations

import itertools
import uuid

import pytest

from accounts.audit.models import AuditEvent
from accounts.directory.models import BusinessAccount
from licensing.events import Event
from licensing.licenses.models import Key, License
from licensing.purchases.models import Purchase
from tests import factories
from tests.licensing import purchase_factories
from tests.licensing.purchase_factories import NOW, take

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


def test_each_account_gets_one_event_for_all_licenses_of_a_file() -> None:
    take(
        purchase_factories.line(),
        purchase_factories.line(order_number="SO-2"),
        purchase_factories.line(order_number="SO-3", company="Umbrella"),
        purchase_factories.line(order_number="SO-4", company="Initrode", channel="online"),
    )

    added = AuditEvent.objects.filter(event__endswith="added").order_by("subject")
    assert list(added.values_list("account__name", "event", "subject")) == [
        ("Initech", Event.LICENSES_ADDED, "2"),
        ("Umbrella", Event.LICENSE_ADDED, "Subscription 2027 – 100 seats"),
    ]


def test_public_ids_ascend_with_the_lines() -> None:
    take(*[purchase_factories.line(order_number=f"SO-{n}") for n in range(50)])

    for ids in (License.objects, Key.objects):
        made = list(ids.order_by("pk").values_list("public_id", flat=True))
        assert made == sorted(made)
        assert {(made_id.version, made_id.variant) for made_id in made} == {(7, uuid.RFC_4122)}


def test_a_text_keeps_what_the_database_might_take_for_its_own() -> None:
    names = ["Back\\slash", "Percent %s %(x)s", "O'Brien; DROP TABLE x", "\\N", "Zoë “Ltd”", "{}"]

    take(
        *[
            purchase_factories.line(order_number=f"SO-{n}", company=name)
            for n, name in enumerate(names)
        ]
    )

    assert set(Purchase.objects.values_list("company", flat=True)) == set(names)
    assert set(BusinessAccount.objects.values_list("name", flat=True)) == set(names)


def test_many_accounts_of_one_name_get_different_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    factories.business_account("Initech", administrator=factories.person("a@b.example"), now=NOW)
    BusinessAccount.objects.update(slug="initech-0")
    tails = itertools.chain([0, 1, 1, 2, 2], itertools.count(3))
    monkeypatch.setattr(BusinessAccount, "new_slug", lambda name: f"initech-{next(tails)}")

    summary = take(
        *[
            purchase_factories.line(
                order_number=f"SO-{n}", primary_email=f"buyer{n}@initech.example"
            )
            for n in range(5)
        ]
    )

    assert summary.accounts == 5
    assert BusinessAccount.objects.values("slug").distinct().count() == 6
