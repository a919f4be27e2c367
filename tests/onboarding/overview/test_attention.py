"""What needs a person on the overview, of an account's people."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from accounts import outbox
from accounts.directory.models import BusinessAccount, User
from accounts.membership.actions import invitations
from accounts.membership.models import Invitation
from accounts.permissions import Role
from tests import factories
from tests.personas import SignIn

pytestmark = pytest.mark.django_db


def texts(browser: Client, account: BusinessAccount) -> list[str]:
    """What the overview says needs a person."""
    page = browser.get(reverse("account_overview", kwargs={"slug": account.slug}))
    return [each.text for each in [*page.context["attention"], *page.context["more_attention"]]]


def test_requests_and_invitations_that_lead_nowhere_need_alice(
    acme: BusinessAccount, alice: User, mia: User, dora: User, now: datetime, sign_in: SignIn
) -> None:
    factories.member(acme, dora, Role.ADMINISTRATOR)
    assert texts(sign_in(alice), acme) == []
    factories.join_request(acme, "eve@acme.example", now=now)
    factories.invitation(acme, "late@acme.example", by=alice, now=now, expires_at=now)
    factories.invitation(acme, "adopt@acme.example", by=mia, now=now)
    for number in range(5):
        factories.invitation(acme, f"fine{number}@acme.example", by=alice, now=now)

    assert texts(sign_in(alice), acme) == [
        "1 person asks to join.",
        "The invitation to adopt@acme.example is suspended. Whoever sent it can no longer grant "
        "the role.",
        "The invitation to late@acme.example expired.",
    ]


def test_many_troubled_invitations_are_one_line(
    acme: BusinessAccount, alice: User, dora: User, now: datetime, sign_in: SignIn
) -> None:
    factories.member(acme, dora, Role.ADMINISTRATOR)
    for number in range(5):
        factories.invitation(acme, f"n{number}@acme.example", by=alice, now=now, expires_at=now)

    (text,) = texts(sign_in(alice), acme)

    assert text.startswith("5 invitations expired: ")
    assert text.endswith(" and 2 more.")


def test_an_invitation_that_bounced_gets_its_right_address_at_once(
    acme: BusinessAccount, alice: User, now: datetime, sign_in: SignIn
) -> None:
    invitations.send(
        account=acme, addresses=["dana@gmial.com"], role=Role.MEMBER, by=alice, now=now
    )
    wrong = Invitation.objects.select_related("mail").get()
    assert wrong.mail
    public_id = str(wrong.mail.public_id)
    outbox.record_event(public_id=public_id, message_id="", bounced=True, reason="No", at=now)
    browser = sign_in(alice)

    page = browser.get(reverse("account_overview", kwargs={"slug": acme.slug}))
    members = browser.get(reverse("member_list", kwargs={"slug": acme.slug})).content.decode()
    first = page.context["attention"][0]
    browser.post(first.url, {"email": "dana@gmail.com"})

    assert (first.kind, first.button) == ("bad", "Fix the address")
    assert first.text == "The invitation to dana@gmial.com bounced."
    assert first.url in members
    assert Invitation.objects.open().get().email == "dana@gmail.com"


def test_a_single_administrator_is_advised_to_invite_another(
    acme: BusinessAccount, alice: User, dora: User, sign_in: SignIn
) -> None:
    assert "has only one administrator" in texts(sign_in(alice), acme)[0]

    factories.member(acme, dora, Role.ADMINISTRATOR)

    assert texts(sign_in(alice), acme) == []
