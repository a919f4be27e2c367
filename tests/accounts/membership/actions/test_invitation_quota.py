"""The portal is no relay for advertisements: what one person or account can send in a day."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client

from accounts.directory.models import BusinessAccount, User
from accounts.errors import LimitReached
from accounts.membership.actions import accounts, invitations
from accounts.membership.actions.invitation_results import AddressOutcome, AddressResult
from accounts.outbox.models import OutboxMail
from accounts.permissions import Role
from tests import factories
from tests.licensing import license_factories
from tests.personas import SignIn

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


def invite(
    account: BusinessAccount, many: int, *, by: User, now: datetime, to: str
) -> list[AddressOutcome]:
    addresses = [f"{to}{number}@initech.example" for number in range(many)]
    found: list[AddressResult] = invitations.send(
        account=account, addresses=addresses, role=Role.MEMBER, by=by, now=now
    )
    return [each.result for each in found]


@pytest.fixture
def fresh(dora: User, now: datetime) -> BusinessAccount:
    return accounts.create(name="Winter Works", by=dora, now=now).account


def test_a_new_account_sends_20_and_the_rest_is_refused(
    fresh: BusinessAccount, dora: User, now: datetime
) -> None:
    results = invite(fresh, 25, by=dora, now=now, to="a")

    assert results == [AddressOutcome.INVITED] * 20 + [AddressOutcome.REFUSED] * 5
    assert OutboxMail.objects.filter(kind="invitation").count() == 20
    next_day = now + timedelta(days=1, seconds=1)
    assert invite(fresh, 25, by=dora, now=next_day, to="b") == [AddressOutcome.INVITED] * 25


def test_nothing_that_a_person_can_undo_gives_invitations_back(
    fresh: BusinessAccount, dora: User, mia: User, now: datetime
) -> None:
    invite(fresh, 20, by=dora, now=now, to="a")

    for invitation in fresh.invitations.all():
        invitations.revoke(invitation=invitation, by=dora, now=now)
    accounts.rename(account=fresh, name="Summer Works", by=dora, now=now)
    factories.member(fresh, mia, Role.ADMINISTRATOR)

    assert invite(fresh, 1, by=dora, now=now, to="b") == [AddressOutcome.REFUSED]
    assert invite(fresh, 1, by=mia, now=now, to="c") == [AddressOutcome.REFUSED]


def test_resending_counts(fresh: BusinessAccount, dora: User, now: datetime) -> None:
    invite(fresh, 1, by=dora, now=now, to="a")
    invitation = fresh.invitations.get()

    with pytest.raises(LimitReached):
        for _ in range(25):
            invitations.resend(invitation=invitation, by=dora, now=now)
    assert OutboxMail.objects.filter(kind="invitation").count() <= 5


def test_a_purchase_makes_a_new_account_known(
    fresh: BusinessAccount, dora: User, now: datetime
) -> None:
    assert invite(fresh, 21, by=dora, now=now, to="a")[-1] is AddressOutcome.REFUSED

    license_factories.purchase(fresh, email=dora.email, now=now)

    assert invite(fresh, 10, by=dora, now=now, to="b") == [AddressOutcome.INVITED] * 10


def test_one_person_sends_100_a_day_over_all_accounts(dora: User, now: datetime) -> None:
    results = []
    for number in range(6):
        old = factories.business_account(f"Old {number}", administrator=dora, now=now)
        results += invite(old, 20, by=dora, now=now, to=f"n{number}x")

    assert results.count(AddressOutcome.INVITED) == 100
    assert results[100:] == [AddressOutcome.REFUSED] * 20


def test_twelve_accounts_and_300_invitations_of_one_evening(dora: User, now: datetime) -> None:
    """What fell: now five accounts, and a hundred mails at most."""
    with pytest.raises(LimitReached):
        for number in range(12):
            account = accounts.create(name=f"Win a prize {number}", by=dora, now=now).account
            invite(account, 25, by=dora, now=now, to=f"victim{number}x")

    assert BusinessAccount.objects.filter(name__startswith="Win").count() == 5
    assert OutboxMail.objects.filter(kind="invitation").count() == 100


def test_the_sixth_account_is_refused_at_its_field(
    dora: User, sign_in: SignIn, now: datetime
) -> None:
    browser: Client = sign_in(dora)
    for number in range(5):
        browser.post("/b/new/", {"name": f"Winter {number}"})

    page = browser.post("/b/new/", {"name": "Winter 6"})

    assert page.status_code == 200
    assert "5 business accounts in 24 hours" in page.content.decode()


def test_names_cannot_advertise_in_a_mail(dora: User, now: datetime) -> None:
    for name, evil in (
        ("Call +1 (800) 555-0199 now", "555-0199"),
        ("Win at prize.example", "prize.example"),
        ("https://prize.example/", "://"),
        ("Prize。example", "Prize。example"),
    ):
        dora.name = name
        dora.save(update_fields=["name"])
        account = factories.business_account(name, administrator=dora, now=now)
        invite(account, 1, by=dora, now=now, to=f"x{account.pk}x")
        mail = OutboxMail.objects.latest("pk")

        said = mail.subject + mail.text.replace("http://testserver", "") + mail.subject
        assert evil not in said, name
