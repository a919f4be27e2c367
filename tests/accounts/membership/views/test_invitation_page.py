from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from accounts.directory.models import BusinessAccount, Membership, User
from accounts.membership.actions import invitations, members
from accounts.membership.models import Invitation, JoinRequest
from accounts.permissions import Role
from tests import factories, mails
from tests.factories import PASSWORD
from tests.personas import SignIn, membership_of

pytestmark = pytest.mark.django_db

EVE = "eve@acme.example"


@pytest.fixture
def invitation(acme: BusinessAccount, alice: User, now: datetime) -> Invitation:
    """Alice invites eve@acme.example as a license manager."""
    invitations.send(account=acme, addresses=[EVE], role=Role.LICENSE_MANAGER, by=alice, now=now)
    return Invitation.objects.get()


def address(invitation: Invitation) -> str:
    return invitation.get_absolute_url()


def state(invitation: Invitation) -> tuple[object, ...]:
    row = Invitation.objects.get(pk=invitation.pk)
    return row.accepted_at, row.declined_at, row.revoked_at, Membership.objects.count()


def test_the_mail_leads_to_the_page(client: Client, invitation: Invitation) -> None:
    link = mails.link_in(mails.latest(EVE), "/invitations/")
    assert link == address(invitation)
    page = client.get(link)
    text = page.content.decode()
    assert "Alice Reyes" in text
    assert "Acme Corp" in text
    assert "License manager" in text
    assert "Join Acme Corp" in text
    assert page["Referrer-Policy"] == "strict-origin"


def test_a_newcomer_joins_with_name_and_password(
    client: Client, invitation: Invitation, acme: BusinessAccount
) -> None:
    form = {"name": "Eve Moss", "password1": PASSWORD, "accept": "1"}
    response = client.post(address(invitation), form)
    assert response["Location"] == f"/b/{acme.slug}/"
    eve = User.objects.get(email=EVE)
    assert membership_of(eve, acme).role == Role.LICENSE_MANAGER
    assert EmailAddress.objects.get(user=eve).verified
    assert mails.latest("alice@acme.example").kind == "member_joined"


def test_a_newcomers_bad_input_is_an_error_at_the_field(
    client: Client, invitation: Invitation
) -> None:
    response = client.post(address(invitation), {"name": "", "password1": "x", "accept": "1"})
    assert set(response.context["signup_form"].errors) == {"name", "password1"}
    assert not User.objects.filter(email=EVE).exists()


def test_another_address_typed_along_is_ignored(client: Client, invitation: Invitation) -> None:
    form = {"name": "Eve", "password1": PASSWORD, "accept": "1", "email": "evil@evil.example"}
    client.post(address(invitation), form)
    assert not EmailAddress.objects.filter(email="evil@evil.example").exists()


def test_who_has_an_account_gets_a_password_field(client: Client, invitation: Invitation) -> None:
    factories.person(EVE)
    page = client.get(address(invitation))
    assert "login_form" in page.context
    form = {"login": EVE, "password": PASSWORD, "next": address(invitation)}
    assert client.post("/accounts/login/", form)["Location"] == address(invitation)
    response = client.post(address(invitation), {"accept": "1"})
    assert response["Location"].startswith("/b/acme-corp-")


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_opening_changes_nothing(
    invitation: Invitation, dora: User, sign_in: SignIn, method: str
) -> None:
    before = state(invitation)
    for browser in (Client(), sign_in(dora)):
        for _ in range(3):
            getattr(browser, method)(address(invitation))
    assert state(invitation) == before


def test_a_scanner_that_submits_the_form_is_not_let_in(
    client: Client, invitation: Invitation
) -> None:
    before = state(invitation)
    client.post(address(invitation), {"accept": "1"})
    assert state(invitation) == before


def test_signed_in_as_someone_else_nothing_is_consumed(
    invitation: Invitation, dora: User, sign_in: SignIn
) -> None:
    browser, before = sign_in(dora), state(invitation)
    for form in ({"accept": "1"}, {"decline": "1"}, {}):
        text = browser.post(address(invitation), form).content.decode()
        assert EVE in text
        assert dora.email in text
    assert state(invitation) == before


def test_dora_proves_the_invited_address_too(
    invitation: Invitation, dora: User, sign_in: SignIn, acme: BusinessAccount
) -> None:
    browser = sign_in(dora)
    on = browser.post(f"{address(invitation)}prove/")
    assert on["Location"].startswith("/accounts/confirm-email/")
    code = mails.code_in(mails.latest(EVE))
    back = browser.post(on["Location"], {"code": code})
    assert back["Location"] == address(invitation)
    browser.post(address(invitation), {"accept": "1"})
    assert membership_of(dora, acme).role == Role.LICENSE_MANAGER


def test_an_address_of_somebody_else_cannot_be_taken_over(
    invitation: Invitation, dora: User, sign_in: SignIn
) -> None:
    factories.person(EVE)
    browser = sign_in(dora)
    assert browser.post(f"{address(invitation)}prove/")["Location"] == address(invitation)
    assert not EmailAddress.objects.filter(user=dora, email=EVE).exists()


def test_opening_it_again_leads_into_the_account(
    invitation: Invitation, sign_in: SignIn, acme: BusinessAccount, now: datetime
) -> None:
    eve = factories.person(EVE)
    invitations.accept(invitation=invitation, user=eve, now=now)
    assert sign_in(eve).get(address(invitation))["Location"] == f"/b/{acme.slug}/"
    assert sign_in(eve).post(address(invitation), {"accept": "1"})["Location"] == f"/b/{acme.slug}/"
    assert Membership.objects.filter(user=eve).count() == 1


def test_an_accepted_one_is_no_way_in_for_others(
    client: Client, invitation: Invitation, now: datetime
) -> None:
    invitations.accept(invitation=invitation, user=factories.person(EVE), now=now)
    form = {"name": "Mallory", "password1": PASSWORD, "accept": "1"}
    response = client.post(address(invitation), form)
    assert b"was accepted" in response.content
    assert Membership.objects.count() == 2


def test_declining_tells_the_inviter(client: Client, invitation: Invitation) -> None:
    response = client.post(address(invitation), {"decline": "1"})
    assert b"You declined" in response.content
    assert state(invitation)[1] is not None
    assert mails.latest("alice@acme.example").kind == "invitation_declined"
    assert client.get(address(invitation)).status_code == 410


def test_an_expired_one_says_who_and_offers_a_new_one(
    client: Client, invitation: Invitation, now: datetime, acme: BusinessAccount, alice: User
) -> None:
    Invitation.objects.update(expires_at=now - timedelta(days=1))
    page = client.get(address(invitation))
    assert page.status_code == 410
    assert "Alice Reyes invited you" in page.content.decode()
    assert b"Ask for a new invitation" in page.content
    client.post(f"{address(invitation)}ask/")
    assert JoinRequest.objects.get().email == EVE
    assert mails.latest(alice.email).kind == "join_requested"


def test_resending_revives_the_same_link(
    client: Client, invitation: Invitation, now: datetime, alice: User
) -> None:
    Invitation.objects.update(expires_at=now - timedelta(days=1))
    invitations.resend(invitation=invitation, by=alice, now=now)
    assert client.get(address(invitation)).status_code == 200


def test_a_revoked_one_is_dead_and_a_new_one_has_a_new_link(
    client: Client, invitation: Invitation, now: datetime, acme: BusinessAccount, alice: User
) -> None:
    invitations.revoke(invitation=invitation, by=alice, now=now)
    form = {"name": "Eve", "password1": PASSWORD, "accept": "1"}
    assert client.post(address(invitation), form).status_code == 410
    assert not User.objects.filter(email=EVE).exists()
    invitations.send(account=acme, addresses=[EVE], role=Role.MEMBER, by=alice, now=now)
    newer = Invitation.objects.open().get()
    assert address(newer) != address(invitation)
    assert client.get(address(newer)).status_code == 200


def test_it_waits_while_its_inviter_may_not_grant(
    client: Client, invitation: Invitation, now: datetime, acme: BusinessAccount, alice: User
) -> None:
    ada = factories.person("ada@acme.example", "Ada Berg")
    factories.member(acme, ada, Role.ADMINISTRATOR)
    members.remove(membership=membership_of(alice, acme), by=ada, now=now)
    form = {"name": "Eve", "password1": PASSWORD, "accept": "1"}
    assert client.post(address(invitation), form).status_code == 410
    invitations.resend(invitation=invitation, by=ada, now=now)
    assert client.post(address(invitation), form).status_code == 302


def test_rubbish_is_not_found(client: Client, db: None) -> None:
    for token in ("x", "a.b", "é" * 50, "x" * 900):
        assert client.get(f"/invitations/{token}/").status_code == 404
