"""A key in hand, but not the mailbox: the mailbox is told, the holder gets a hint (SPEC A15)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.directory.models import BusinessAccount, User
from accounts.membership.models import Invitation
from accounts.outbox.models import OutboxMail
from licensing.licenses.models import Key
from licensing.purchases.models import Purchase
from onboarding.guide.actions import deferred_tasks
from tests import factories
from tests.licensing import license_factories

pytestmark = pytest.mark.django_db
BUYER = "jane@acme.example"


@pytest.fixture
def purchase(acme: BusinessAccount, now: datetime) -> Purchase:
    return license_factories.purchase(acme, email=BUYER, now=now)


def code_of(purchase: Purchase) -> str:
    return Key.objects.get(license=purchase.license).code


def send(code: str) -> str:
    page = Client().post("/start/key/send/", {"key": code}, follow=True).content.decode()
    deferred_tasks.run_due(now=timezone.now())
    return page


def mails() -> list[tuple[str, str]]:
    return list(OutboxMail.objects.order_by("pk").values_list("kind", "to"))


def test_the_holder_of_a_key_gets_a_hint_at_its_address(purchase: Purchase) -> None:
    page = Client().post("/start/key/", {"key": code_of(purchase).lower()}).content.decode()

    assert "j•••@acme.example" in page
    assert BUYER not in page
    assert purchase.company not in page
    assert mails() == []


def test_a_legacy_key_works_too(purchase: Purchase) -> None:
    Key.objects.filter(license=purchase.license).update(code="XK7Q2-99812-OLD")

    page = Client().post("/start/key/", {"key": "xk7q2-99812-old"}).content.decode()

    assert "j•••@acme.example" in page


@pytest.mark.parametrize(
    ("key", "answer"),
    [
        ("RAS1-00000-00000-00000-00000", "We don"),
        ("RAS1-00000-00000-00000-00001", "has a typo"),
        ("", "Enter the key"),
    ],
)
def test_other_keys_are_refused_at_the_field(purchase: Purchase, key: str, answer: str) -> None:
    assert answer in Client().post("/start/key/", {"key": key}).content.decode()


def test_an_open_invitation_is_sent_again(
    purchase: Purchase, acme: BusinessAccount, now: datetime
) -> None:
    long_ago = now - timedelta(days=20)
    invited = factories.invitation(acme, BUYER, by=None, now=long_ago, role="administrator")

    page = send(code_of(purchase))

    assert "The email is on its way" in page
    assert mails() == [("invitation", BUYER)]
    invited.refresh_from_db()
    assert invited.expires_at > now


def test_an_account_without_administrator_invites_anew(
    purchase: Purchase, acme: BusinessAccount
) -> None:
    acme.memberships.all().delete()

    send(code_of(purchase))

    invited = Invitation.objects.get()
    assert (invited.email, invited.role, invited.invited_by) == (BUYER, "administrator", None)


def test_whom_administrators_removed_does_not_come_back(purchase: Purchase) -> None:
    send(code_of(purchase))

    assert not Invitation.objects.exists()
    assert mails() == [("account_known", BUYER)]
    assert "Ask its administrators to invite you" in OutboxMail.objects.get().text


def test_a_member_is_told_to_sign_in(acme: BusinessAccount, alice: User, now: datetime) -> None:
    purchase = license_factories.purchase(acme, email=alice.email, now=now)

    send(code_of(purchase))

    assert "sign in with this address" in OutboxMail.objects.get(kind="account_known").text


def test_a_license_without_account_waits_for_its_buyer(now: datetime) -> None:
    purchase = license_factories.purchase(None, email=BUYER, now=now)

    send(code_of(purchase))

    mail = OutboxMail.objects.get(kind="purchase_waits")
    assert "/accounts/signup/?email=jane%40acme.example" in mail.text


def test_the_mailbox_is_written_to_three_times_an_hour(purchase: Purchase) -> None:
    codes = [
        Client(REMOTE_ADDR=f"198.51.100.{n}")
        .post("/start/key/send/", {"key": code_of(purchase)})
        .status_code
        for n in range(4)
    ]

    deferred_tasks.run_due(now=timezone.now())

    assert codes == [302, 302, 302, 429]
    assert len(mails()) == 3


def test_keys_are_not_guessed_without_end(purchase: Purchase) -> None:
    browser = Client(REMOTE_ADDR="198.51.100.9")

    codes = [
        browser.post("/start/key/", {"key": "RAS1-00000-00000-00000-00000"}).status_code
        for _ in range(11)
    ]

    assert codes == [200] * 10 + [429]
