"""Inviting many at once, sending again, revoking (SPEC 4.1; pain 13)."""

from __future__ import annotations

import time
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from accounts.directory.models import BusinessAccount, User
from accounts.membership.models import Invitation
from tests import factories
from tests.personas import Response, SignIn

pytestmark = pytest.mark.django_db


def url(account: BusinessAccount) -> str:
    return reverse("member_invite", kwargs={"slug": account.slug})


def invite(
    browser: Client, account: BusinessAccount, emails: str, role: str = "member"
) -> Response:
    return browser.post(url(account), {"emails": emails, "role": role}, follow=True)


def box(response: Response) -> str:
    form = response.context["form"]
    return str(form["emails"].value())


def test_names_and_every_separator_are_understood(
    acme: BusinessAccount, alice: User, sign_in: SignIn
) -> None:
    text = "one@acme.example, two@acme.example;three@acme.example four@acme.example\r\n"
    text += '"Five, F." <five@acme.example>\n'

    page = invite(sign_in(alice), acme, text).content.decode()

    assert "5 people were invited." in page
    invited = Invitation.objects.order_by("pk").values_list("email", flat=True)
    assert [email.partition("@")[0] for email in invited] == ["one", "two", "three", "four", "five"]


def test_failed_addresses_stay_in_the_box_with_the_reason(
    acme: BusinessAccount, alice: User, mia: User, now: datetime, sign_in: SignIn
) -> None:
    factories.invitation(acme, "no@acme.example", by=alice, now=now, declined_at=now)

    response = invite(
        sign_in(alice), acme, "new@acme.example nonsense mia@acme.example no@acme.example"
    )

    assert box(response).split() == ["nonsense", "no@acme.example"]
    page = response.content.decode()
    for text in (
        "Invited.",
        "Already a member",
        "Enter an email address",
        "Declined in the last 30",
    ):
        assert text in page
    assert acme.invitations.open().get().email == "new@acme.example"


def test_what_was_typed_is_escaped(acme: BusinessAccount, alice: User, sign_in: SignIn) -> None:
    page = invite(sign_in(alice), acme, "<script>alert(1)</script>@x").content.decode()

    assert "<script>alert" not in page


@pytest.mark.parametrize(
    ("emails", "says"),
    [
        ("", "Enter at least one email address."),
        (" ,;\n", "Enter at least one email address."),
        (" ".join(f"n{n}@a.example" for n in range(101)), "101 addresses"),
        ("\n".join(f"n{n}@acme.example" for n in range(10_000)), "at most 100 addresses"),
        ("x" * 20_001, "at most 100 addresses"),
    ],
    ids=["empty", "separators only", "101", "10,000", "too long"],
)
def test_too_much_or_nothing_is_refused_at_the_field_and_kept(
    emails: str, says: str, acme: BusinessAccount, alice: User, sign_in: SignIn
) -> None:
    response = invite(sign_in(alice), acme, emails)

    assert response.status_code == 200
    assert says in str(response.context["form"].errors["emails"])
    assert box(response).strip() == emails.strip()
    assert not Invitation.objects.exists()


def test_the_longest_text_without_a_bracket_takes_no_time(
    acme: BusinessAccount, alice: User, sign_in: SignIn
) -> None:
    started = time.thread_time()

    invite(sign_in(alice), acme, '"a ' * 6_600)

    assert time.thread_time() - started < 1


@pytest.mark.parametrize(("actor", "status"), [("bob", 403), ("mia", 403), ("charlie", 404)])
def test_only_administrators_invite(
    actor: str,
    status: int,
    acme: BusinessAccount,
    bob: User,
    mia: User,
    charlie: User,
    sign_in: SignIn,
) -> None:
    browser = sign_in({"bob": bob, "mia": mia, "charlie": charlie}[actor])

    assert invite(browser, acme, "eve@acme.example").status_code == status
    assert not Invitation.objects.exists()


def test_an_unknown_role_is_refused_at_the_field(
    acme: BusinessAccount, alice: User, sign_in: SignIn
) -> None:
    response = invite(sign_in(alice), acme, "eve@acme.example", role="owner")

    assert response.context["form"].errors["role"]
    assert box(response) == "eve@acme.example"
    assert not Invitation.objects.exists()


def act(name: str, invitation: Invitation) -> str:
    kwargs = {"slug": invitation.account.slug, "public_id": invitation.public_id}
    return reverse(name, kwargs=kwargs)


def test_alice_sends_again(
    acme: BusinessAccount, alice: User, now: datetime, sign_in: SignIn
) -> None:
    invitation = factories.invitation(acme, "eve@acme.example", by=alice, now=now)

    response = sign_in(alice).post(act("invitation_resend", invitation), follow=True)

    assert "sending the invitation to eve@acme.example again" in response.content.decode()
    invitation.refresh_from_db()
    assert invitation.mail


def test_revoking_asks_first(
    acme: BusinessAccount, alice: User, now: datetime, sign_in: SignIn
) -> None:
    invitation = factories.invitation(acme, "eve@acme.example", by=alice, now=now)
    address, browser = act("invitation_revoke", invitation), sign_in(alice)

    assert "Revoke the invitation to eve@acme.example?" in browser.get(address).content.decode()
    invitation.refresh_from_db()
    assert invitation.is_open
    browser.post(address)

    invitation.refresh_from_db()
    assert invitation.revoked_at


@pytest.mark.parametrize("name", ["invitation_resend", "invitation_revoke"])
def test_an_ended_invitation_is_refused_with_a_message(
    name: str, acme: BusinessAccount, alice: User, now: datetime, sign_in: SignIn
) -> None:
    ended = factories.invitation(acme, "eve@acme.example", by=alice, now=now, declined_at=now)
    members = reverse("member_list", kwargs={"slug": acme.slug})

    response = sign_in(alice).post(
        act(name, ended), headers={"Referer": f"http://testserver{members}"}, follow=True
    )

    assert response.redirect_chain[0][0] == members
    assert "This invitation is no longer open." in response.content.decode()


@pytest.mark.parametrize("name", ["invitation_resend", "invitation_revoke"])
def test_charlie_cannot_touch_invitations_of_acme_through_globex(
    name: str,
    acme: BusinessAccount,
    globex: BusinessAccount,
    alice: User,
    charlie: User,
    now: datetime,
    sign_in: SignIn,
) -> None:
    invitation = factories.invitation(acme, "eve@acme.example", by=alice, now=now)
    kwargs = {"slug": globex.slug, "public_id": invitation.public_id}

    assert sign_in(charlie).post(reverse(name, kwargs=kwargs)).status_code == 404
    assert sign_in(charlie).post(act(name, invitation)).status_code == 404

    invitation.refresh_from_db()
    assert invitation.is_open
    assert not invitation.mail


def test_a_mistyped_domain_is_pointed_out_before_anything_is_sent(
    acme: BusinessAccount, alice: User, sign_in: SignIn
) -> None:
    browser = sign_in(alice)

    asked = invite(browser, acme, "dana@gmial.com new@acme.example")

    assert "Did you mean dana@gmail.com?" in asked.content.decode()
    assert box(asked) == "dana@gmial.com"
    assert Invitation.objects.get().email == "new@acme.example"

    browser.post(url(acme), {"emails": "dana@gmial.com", "role": "member", "as_typed": "on"})

    assert Invitation.objects.filter(email="dana@gmial.com").exists()


def test_a_bounced_invitation_is_corrected_on_a_page_of_its_own(
    acme: BusinessAccount, alice: User, now: datetime, sign_in: SignIn
) -> None:
    wrong = factories.invitation(acme, "dana@gmial.com", by=alice, now=now)
    address = reverse("invitation_correct", args=[acme.slug, wrong.public_id])
    browser = sign_in(alice)

    assert 'value="dana@gmail.com"' in browser.get(address).content.decode()
    refused = browser.post(address, {"email": "nonsense"})
    sent = browser.post(address, {"email": "dana@gmail.com"}, follow=True)

    assert "Enter an email address" in refused.content.decode()
    assert "dana@gmail.com was invited." in sent.content.decode()
    assert Invitation.objects.open().get().email == "dana@gmail.com"
