"""Who gets mails about instances, and what no mail ever says (DESIGN, Mails)."""

from __future__ import annotations

import pytest
from django.db import transaction

from accounts.directory.models import BusinessAccount, User
from accounts.outbox.models import OutboxMail
from accounts.permissions import Role
from licensing.activation.actions import requests
from licensing.activation.emails import approval_wanted, instance_activated
from licensing.fleet.emails import document_ends, seats_exceeded
from licensing.licenses.errors import NoSeatsLeft
from licensing.licenses.models import Key
from tests import factories
from tests.accounts.test_emails import HOSTILE, check
from tests.licensing import license_factories
from tests.licensing.test_emails import AT, approve

pytestmark = pytest.mark.django_db


@pytest.fixture
def key(acme: BusinessAccount) -> Key:
    return license_factories.primary_key(license_factories.subscription(acme, now=AT))


@pytest.fixture
def everyone(acme: BusinessAccount, bob: User, mia: User) -> list[str]:
    """Acme with two administrators, a third who is blocked, and others; who is to be mailed."""
    for name, blocked in [("anna", False), ("otto", True)]:
        person = factories.person(f"{name}@acme.example")
        factories.member(acme, person, Role.ADMINISTRATOR, blocked=blocked)
    return ["alice@acme.example", "anna@acme.example"]


def test_each_administrator_gets_one_and_nobody_else(
    acme: BusinessAccount, globex: BusinessAccount, key: Key, everyone: list[str], mia: User
) -> None:
    farm = license_factories.instance(acme, now=AT, document_ends_at=AT)
    activation = license_factories.activation(farm, key, now=AT, by=mia)
    asked = license_factories.request(now=AT, claimed_by=mia, account=acme)

    instance_activated(activation, now=AT)
    approval_wanted(asked, now=AT)
    seats_exceeded(activation, peak=101, limited_from=AT, now=AT)
    document_ends(farm, now=AT)

    mails = OutboxMail.objects.order_by("kind", "to")
    assert list(mails.values_list("kind", "to")) == [
        (kind, to)
        for kind in ["approval_wanted", "document_ends", "instance_activated", "seats_exceeded"]
        for to in everyone
    ]
    assert {mail.account for mail in mails} == {acme}


def test_no_mail_carries_a_whole_key_or_a_code(
    acme: BusinessAccount, bob: User, mia: User, key: Key
) -> None:
    asked = license_factories.request(now=AT, claimed_by=mia)
    requests.hand_over(request=asked, account=acme, by=mia, now=AT)
    activation = approve(asked, key, bob)
    seats_exceeded(activation, peak=101, limited_from=AT, now=AT)

    for mail in OutboxMail.objects.all():
        for part in (mail.subject, mail.text, mail.html):
            for secret in (key.code, key.code[:-6], asked.user_code, asked.display_code):
                assert secret
                assert secret not in part
        assert key.last_five not in mail.subject


def test_hostile_names_are_harmless(acme: BusinessAccount, key: Key) -> None:
    eve = factories.person("eve@acme.example", HOSTILE)
    name = HOSTILE[:60]
    farm = license_factories.instance(
        acme, now=AT, name=name, host="https://farm.example", document_ends_at=AT
    )
    key.license.name = HOSTILE[:100]
    activation = license_factories.activation(farm, key, now=AT, by=eve)
    asked = license_factories.request(
        now=AT, claimed_by=eve, account=acme, instance_name=name, host="1-800-555-0199"
    )

    instance_activated(activation, now=AT, replaced=farm)
    approval_wanted(asked, now=AT)
    seats_exceeded(activation, peak=101, limited_from=AT, now=AT)
    document_ends(farm, now=AT)

    for mail in OutboxMail.objects.all():
        check(mail)


def test_a_refused_activation_mails_nothing(acme: BusinessAccount, bob: User) -> None:
    license = license_factories.subscription(acme, now=AT, seats=1)
    key = license_factories.primary_key(license)
    license_factories.activation(license_factories.instance(acme, now=AT), key, now=AT)

    with pytest.raises(NoSeatsLeft):
        approve(license_factories.request(now=AT), key, bob)

    assert not OutboxMail.objects.exists()


def test_what_is_rolled_back_was_never_mailed(bob: User, key: Key) -> None:
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        approve(license_factories.request(now=AT), key, bob)
        raise KeyboardInterrupt

    assert not OutboxMail.objects.exists()
