"""The same form sent by several people at the same moment."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import pytest
from django.test import Client

from accounts.directory.models import BusinessAccount, Membership, User
from accounts.membership.actions import invitations
from accounts.membership.models import Invitation
from accounts.permissions import Role
from tests import factories
from tests.accounts.membership.actions.race import run_concurrently
from tests.factories import PASSWORD
from tests.personas import SignIn

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 4


def post(browser: Client, path: str, fields: dict[str, str]) -> int:
    return browser.post(path, fields).status_code


def from_everywhere(count: int) -> list[Client]:
    """Browsers at addresses of their own, so that no limit is met."""
    return [
        Client(REMOTE_ADDR=f"198.51.100.{n + 1}", raise_request_exception=False)
        for n in range(count)
    ]


def test_six_sign_ups_of_one_address_leave_nobody_before_a_proof() -> None:
    for number in range(ROUNDS):
        email = f"dana{number}@initech.example"
        form = {"name": "Dana", "email": email, "password1": PASSWORD}

        statuses = run_concurrently(
            *(partial(post, browser, "/accounts/signup/", form) for browser in from_everywhere(6))
        )

        assert not User.objects.filter(email=email).exists()
        assert set(statuses) <= {302, 429, 503}
        assert 302 in statuses


def test_two_acceptances_of_one_invitation_leave_one_member(
    acme: BusinessAccount, alice: User, sign_in: SignIn, now: datetime
) -> None:
    for number in range(ROUNDS):
        eve = factories.person(f"eve{number}@acme.example")
        invitations.send(account=acme, addresses=[eve.email], role=Role.MEMBER, by=alice, now=now)
        link = Invitation.objects.get(email=eve.email).get_absolute_url()

        statuses = run_concurrently(
            *(partial(post, sign_in(eve), link, {"accept": "1"}) for _ in range(2))
        )

        assert statuses == [302, 302]
        assert Membership.objects.filter(user=eve).count() == 1
