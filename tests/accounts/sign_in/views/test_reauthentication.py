"""Sensitive acts ask for the password again after 5 minutes (SPEC 4.1)."""

from __future__ import annotations

import time
from datetime import datetime

import pytest
from django.urls import reverse

from accounts.directory.models import BusinessAccount, User
from accounts.permissions import Role
from tests import factories
from tests.factories import PASSWORD
from tests.personas import SignIn, membership_of

pytestmark = pytest.mark.django_db
FRESH, STALE = 290, 310


def acts(acme: BusinessAccount, mia: User, now: datetime) -> dict[str, tuple[str, dict[str, str]]]:
    """The sensitive acts: address and form of each."""
    member = {"slug": acme.slug, "public_id": membership_of(mia, acme).public_id}
    asked = factories.join_request(acme, "dora@winter.example", now=now)
    administrator = {"role": Role.ADMINISTRATOR.value}
    return {
        "promote": (reverse("member_role", kwargs=member), administrator),
        "block": (reverse("member_block", kwargs=member), {}),
        "remove": (reverse("member_remove", kwargs=member), {}),
        "invite an administrator": (
            reverse("member_invite", kwargs={"slug": acme.slug}),
            administrator | {"emails": "eve@acme.example"},
        ),
        "approve an administrator": (
            reverse(
                "join_request_approve",
                kwargs={"slug": acme.slug, "public_id": asked.public_id},
            ),
            administrator,
        ),
    }


NAMES = ["promote", "block", "remove", "invite an administrator", "approve an administrator"]


@pytest.mark.parametrize("name", NAMES)
def test_a_stale_proof_is_asked_for_and_a_fresh_one_is_not(
    name: str, acme: BusinessAccount, alice: User, mia: User, now: datetime, sign_in: SignIn
) -> None:
    address, form = acts(acme, mia, now)[name]

    stale = sign_in(alice, proven_at=time.time() - STALE).post(address, form)
    assert stale["Location"].startswith("/accounts/reauthenticate/")
    assert membership_of(mia, acme).role == Role.MEMBER
    assert not acme.invitations.exists()

    fresh = sign_in(alice, proven_at=time.time() - FRESH).post(address, form)
    assert fresh["Location"] == reverse("member_list", kwargs={"slug": acme.slug})


def test_after_the_password_the_act_is_carried_out(
    acme: BusinessAccount, alice: User, mia: User, now: datetime, sign_in: SignIn
) -> None:
    address, form = acts(acme, mia, now)["remove"]
    browser = sign_in(alice, proven_at=time.time() - STALE)
    ask = browser.post(address, form)["Location"]

    wrong = browser.post(ask, {"password": "not the password"})
    assert wrong.status_code == 200
    assert acme.memberships.filter(user=mia).exists()
    right = browser.post(ask, {"password": PASSWORD})

    assert right["Location"] == reverse("member_list", kwargs={"slug": acme.slug})
    assert not acme.memberships.filter(user=mia).exists()


def test_everyday_acts_never_ask(
    acme: BusinessAccount, alice: User, mia: User, sign_in: SignIn
) -> None:
    browser = sign_in(alice, proven_at=time.time() - STALE)
    address = reverse("member_invite", kwargs={"slug": acme.slug})

    response = browser.post(address, {"emails": "eve@acme.example", "role": "member"})

    assert response["Location"] == reverse("member_list", kwargs={"slug": acme.slug})
