"""The overview of a business account (DESIGN, Overview)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import BusinessAccount, Membership, User
from accounts.permissions import Role
from tests import factories
from tests.personas import SignIn

pytestmark = pytest.mark.django_db


def url(account: BusinessAccount) -> str:
    return reverse("account_overview", kwargs={"slug": account.slug})


def texts(browser: Client, account: BusinessAccount) -> list[str]:
    """What the page says needs a person."""
    return [each.text for each in browser.get(url(account)).context["attention"]]


def renew(account: BusinessAccount, now: datetime) -> None:
    account.created_at = now - timedelta(days=1)
    account.save()


def test_charlie_cannot_see_acme(acme: BusinessAccount, charlie: User, sign_in: SignIn) -> None:
    assert sign_in(charlie).get(url(acme)).status_code == 404


def test_a_blocked_member_is_told_so(acme: BusinessAccount, dora: User, sign_in: SignIn) -> None:
    factories.member(acme, dora, blocked=True)

    page = sign_in(dora).get(url(acme))

    assert page.status_code == 403
    assert "An administrator can unblock you." in page.content.decode()


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
        "The invitation to adopt@acme.example is suspended: who sent it can't grant the role "
        "any more.",
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


@pytest.mark.parametrize("who", ["bob", "mia"])
def test_members_without_the_right_are_not_bothered(
    who: str, acme: BusinessAccount, bob: User, mia: User, now: datetime, sign_in: SignIn
) -> None:
    factories.join_request(acme, "eve@acme.example", now=now)

    page = sign_in({"bob": bob, "mia": mia}[who]).get(url(acme))

    assert page.context["attention"] == []
    assert page.context["steps"] == []


def test_a_single_administrator_is_advised_to_invite_another(
    acme: BusinessAccount, alice: User, dora: User, sign_in: SignIn
) -> None:
    assert "has one administrator only" in texts(sign_in(alice), acme)[0]

    factories.member(acme, dora, Role.ADMINISTRATOR)

    assert texts(sign_in(alice), acme) == []


def test_first_steps_tick_themselves_off(
    acme: BusinessAccount, alice: User, now: datetime, sign_in: SignIn
) -> None:
    renew(acme, now)
    browser = sign_in(alice)

    def done() -> list[bool]:
        return [step.done for step in browser.get(url(acme)).context["steps"]]

    assert done() == [True, False, False, False]
    assert texts(browser, acme) == []  # the steps say it already
    Authenticator.objects.create(user=alice, type=Authenticator.Type.TOTP, data={})
    assert done() == [True, True, False, False]
    factories.invitation(acme, "eve@acme.example", by=alice, now=now)
    assert done() == [True, True, False, True]
    factories.invitation(acme, "two@acme.example", by=alice, now=now, role=Role.ADMINISTRATOR)
    assert done() == []


def test_an_old_account_has_no_first_steps(
    acme: BusinessAccount, alice: User, sign_in: SignIn
) -> None:
    assert sign_in(alice).get(url(acme)).context["steps"] == []


def test_the_page_costs_8_queries_with_3_and_with_300_members(
    acme: BusinessAccount, alice: User, bob: User, mia: User, now: datetime, sign_in: SignIn
) -> None:
    BusinessAccount.objects.filter(pk=acme.pk).update(require_two_step=True)
    Authenticator.objects.create(user=alice, type=Authenticator.Type.TOTP, data={})
    browser, counts = sign_in(alice), []
    browser.get(url(acme))

    for people in (0, 297):
        for number, person in enumerate(factories.crowd(acme, people)[:60]):
            Membership.objects.filter(user=person).update(role=Role.ADMINISTRATOR)
            factories.invitation(acme, f"n{number}@acme.example", by=person, now=now)
            factories.join_request(acme, f"asks{number}@acme.example", now=now)
        with CaptureQueriesContext(connection) as queries:
            page = browser.get(url(acme))
        counts.append(len(queries))
        assert len(page.content) < 60_000

    assert counts[0] == counts[1] <= 8
