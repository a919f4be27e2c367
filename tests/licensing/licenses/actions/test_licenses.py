"""Licenses come by purchase, by trial, or by the key that somebody holds (SPEC 4.2)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from accounts.audit.models import AuditEvent
from accounts.directory.models import BusinessAccount, User
from accounts.errors import NotAllowed
from accounts.outbox.models import OutboxMail
from licensing.events import Event
from licensing.licenses.actions import licenses
from licensing.licenses.errors import KeyNotInAccount, KeyRevoked, KeyTaken
from licensing.licenses.rules import key_codes
from tests.accounts.membership.actions.race import refusals, run_concurrently
from tests.accounts.test_emails import check
from tests.licensing import license_factories, purchase_factories

pytestmark = pytest.mark.django_db


def test_a_new_license_has_its_primary_key(acme: BusinessAccount, now: datetime) -> None:
    license = licenses.add(
        account=acme,
        product="ras",
        kind="subscription",
        name="Subscription 2027",
        seats=25,
        starts_on=now.date(),
        ends_on=now.date() + timedelta(days=365),
        now=now,
    )

    key = license.keys.get()
    assert key.is_primary
    assert key_codes.canonical(key.code) == key.code
    event = acme.events.get()
    assert (event.event, event.actor, event.subject) == (
        Event.LICENSE_ADDED,
        None,
        "Subscription 2027",
    )


def test_a_license_may_keep_a_key_of_old_and_wait_for_its_account(db: None, now: datetime) -> None:
    license = licenses.add(
        account=None,
        product="ras",
        kind="permanent",
        name="Permanent 2019",
        seats=5,
        starts_on=now.date(),
        version_bought="17",
        code="PA2X-1234-5678",
        now=now,
    )

    assert license.account is None
    assert license.keys.get().code == "PA2X-1234-5678"


def test_whoever_holds_a_key_brings_its_license_home(
    acme: BusinessAccount, bob: User, now: datetime
) -> None:
    license = license_factories.subscription(None, now=now)
    cut = license_factories.key(license, now=now, reserved=5, name="Graz")

    key = licenses.register_key(account=acme, code=cut.code, by=bob, now=now)

    license.refresh_from_db()
    assert (key, license.account) == (cut, acme)
    event = acme.events.get()
    assert (event.event, event.actor) == (Event.LICENSE_ADDED, bob)


def test_the_buyer_is_told_who_registered_the_key_and_where(
    acme: BusinessAccount, bob: User, now: datetime
) -> None:
    purchase, _summary = purchase_factories.record(channel="online", version="21")
    code = license_factories.primary_key(purchase.license).code

    licenses.register_key(account=acme, code=code, by=bob, now=now)
    licenses.register_key(account=acme, code=code, by=bob, now=now)

    mail = OutboxMail.objects.get(kind="license_registered")
    assert mail.to == purchase.primary_email
    assert mail.subject == "Acme Corp registered a license that you bought"
    check(mail)
    for body in (mail.text, mail.html):
        assert "Bob Lindt (bob@acme.example) registered the key of" in body
        assert "the business account of Acme Corp" in body
        assert "/support/" in body
        assert code not in body


def test_a_buyer_who_registers_the_key_needs_no_notice(
    acme: BusinessAccount, bob: User, now: datetime
) -> None:
    purchase, _summary = purchase_factories.record(
        channel="online", version="21", primary_email=bob.email
    )
    code = license_factories.primary_key(purchase.license).code

    licenses.register_key(account=acme, code=code, by=bob, now=now)

    assert not OutboxMail.objects.filter(kind="license_registered").exists()


def test_registering_a_key_again_changes_nothing(
    acme: BusinessAccount, bob: User, now: datetime
) -> None:
    key = license_factories.primary_key(license_factories.subscription(acme, now=now))

    assert licenses.register_key(account=acme, code=key.code, by=bob, now=now) == key

    assert not acme.events.exists()


def test_a_key_that_is_unknown_taken_or_revoked_is_refused(
    acme: BusinessAccount, globex: BusinessAccount, bob: User, now: datetime
) -> None:
    taken = license_factories.primary_key(license_factories.subscription(globex, now=now))
    revoked = license_factories.primary_key(license_factories.subscription(None, now=now))
    revoked.revoked_at = now
    revoked.save()

    for code, refusal in [
        (key_codes.new_code(), KeyNotInAccount),
        (taken.code, KeyTaken),
        (revoked.code, KeyRevoked),
    ]:
        with pytest.raises(refusal):
            licenses.register_key(account=acme, code=code, by=bob, now=now)

    assert not acme.licenses.exists()
    assert [each.event for each in acme.events.all()] == ["key.tried"]


@pytest.mark.parametrize("who", ["mia", "charlie"])
def test_others_register_nothing(
    who: str, acme: BusinessAccount, mia: User, charlie: User, now: datetime
) -> None:
    key = license_factories.primary_key(license_factories.subscription(None, now=now))

    with pytest.raises(NotAllowed):
        licenses.register_key(
            account=acme, code=key.code, by={"mia": mia, "charlie": charlie}[who], now=now
        )

    assert not acme.licenses.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.embedded
def test_of_two_companies_that_register_one_key_at_once_one_gets_it(
    acme: BusinessAccount,
    globex: BusinessAccount,
    alice: User,
    charlie: User,
    now: datetime,
) -> None:
    license = license_factories.subscription(None, now=now)
    code = license_factories.primary_key(license).code

    outcomes = run_concurrently(
        lambda: licenses.register_key(account=acme, code=code, by=alice, now=now),
        lambda: licenses.register_key(account=globex, code=code, by=charlie, now=now),
    )

    assert [type(refusal) for refusal in refusals(outcomes)] == [KeyTaken]
    license.refresh_from_db()
    assert license.account in (acme, globex)
    assert AuditEvent.objects.filter(event="license.added").count() == 1
