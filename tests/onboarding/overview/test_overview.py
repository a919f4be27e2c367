"""The overview of a business account (DESIGN, Overview)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.directory.models import BusinessAccount, Membership, User
from accounts.permissions import Role
from licensing.activation.models import ActivationRequest
from tests import factories
from tests.licensing import license_factories, many_instances
from tests.personas import SignIn

pytestmark = pytest.mark.django_db


def handed_over(account: BusinessAccount, by: User, now: datetime) -> ActivationRequest:
    """A request that `by` couldn't approve, and that waits for somebody who can."""
    return license_factories.request(account=account, claimed_by=by, handed_over_at=now, now=now)


def url(account: BusinessAccount) -> str:
    return reverse("account_overview", kwargs={"slug": account.slug})


def test_charlie_cannot_see_acme(acme: BusinessAccount, charlie: User, sign_in: SignIn) -> None:
    assert sign_in(charlie).get(url(acme)).status_code == 404


def test_a_blocked_member_is_told_so(acme: BusinessAccount, dora: User, sign_in: SignIn) -> None:
    factories.member(acme, dora, blocked=True)

    page = sign_in(dora).get(url(acme))

    assert page.status_code == 403
    assert "An administrator can unblock you." in page.content.decode()


@pytest.mark.parametrize("who", ["bob", "mia"])
def test_members_without_the_right_are_not_bothered(
    who: str, acme: BusinessAccount, bob: User, mia: User, now: datetime, sign_in: SignIn
) -> None:
    factories.join_request(acme, "eve@acme.example", now=now)

    page = sign_in({"bob": bob, "mia": mia}[who]).get(url(acme))

    assert page.context["attention"] == []
    assert page.context["steps"] == []


def test_mia_reads_what_is_owned_and_what_is_in_trouble_and_changes_nothing(
    acme: BusinessAccount, mia: User, bob: User, now: datetime, sign_in: SignIn
) -> None:
    license = license_factories.subscription(acme, now=now, ends_on=now.date() + timedelta(days=12))
    license_factories.licensed(acme, license_factories.primary_key(license), now)
    handed_over(acme, bob, now)

    page = sign_in(mia).get(url(acme))

    text = page.content.decode()
    assert "Worth knowing" in text
    assert "Subscription 2027 ends in 12 days" in text
    assert "1 of 100 seats in use" in text
    assert "Farm One" in text
    assert "asks to activate" not in text


def test_bob_answers_a_console_that_waits_before_anything_else(
    acme: BusinessAccount, bob: User, mia: User, now: datetime, sign_in: SignIn
) -> None:
    license_factories.subscription(acme, now=now, ends_on=now.date() - timedelta(days=12))
    asked = handed_over(acme, mia, now)

    page = sign_in(bob).get(url(acme))

    first, second = page.context["attention"]
    assert first.text.startswith("Mia Chen asks to activate Farm One, version 20.0.")
    assert (first.button, first.url) == ("Answer", f"/activate/{asked.public_id}/")
    assert second.kind == "bad"
    assert "Needs your attention" in page.content.decode()


@pytest.mark.parametrize(("orders", "button"), [(1, "Add it"), (2, "Add them")])
def test_bob_is_told_of_licenses_that_wait_for_him(
    orders: int,
    button: str,
    acme: BusinessAccount,
    bob: User,
    mia: User,
    sign_in: SignIn,
    now: datetime,
) -> None:
    for person in (bob, mia):
        for _order in range(orders):
            license_factories.purchase(None, email=person.email, now=now)

    [told] = sign_in(bob).get(url(acme)).context["attention"]

    assert (told.button, told.url) == (button, f"/b/{acme.slug}/licenses/waiting/")
    assert sign_in(mia).get(url(acme)).context["attention"] == []


def test_an_empty_account_says_what_will_stand_here(
    acme: BusinessAccount, mia: User, bob: User, sign_in: SignIn
) -> None:
    for person, may_register in ((mia, False), (bob, True)):
        text = sign_in(person).get(url(acme)).content.decode()

        assert "No running licenses" in text
        assert "No instances yet" in text
        assert ("Register a key" in text) == may_register


def test_the_page_costs_an_administrator_10_queries_whatever_the_account_holds(
    acme: BusinessAccount, alice: User, bob: User, mia: User, now: datetime, sign_in: SignIn
) -> None:
    BusinessAccount.objects.filter(pk=acme.pk).update(
        require_two_step=True, created_at=now - timedelta(days=1)
    )
    Authenticator.objects.create(user=alice, type=Authenticator.Type.TOTP, data={})
    license = license_factories.subscription(acme, now=now, ends_on=now.date() + timedelta(days=3))
    browser, counts = sign_in(alice), []
    browser.get(url(acme))

    for people, instances in ((0, 20), (297, 9980)):
        for number, person in enumerate(factories.crowd(acme, people)[:60]):
            Membership.objects.filter(user=person).update(role=Role.ADMINISTRATOR)
            factories.invitation(acme, f"n{number}@acme.example", by=person, now=now)
            factories.join_request(acme, f"asks{number}@acme.example", now=now)
            license_factories.subscription(
                acme, now=now, ends_on=now.date() + timedelta(days=number)
            )
            handed_over(acme, person, now)
        many_instances.make(acme, license_factories.primary_key(license), instances, now=now)
        with CaptureQueriesContext(connection) as queries:
            page = browser.get(url(acme))
        counts.append(len(queries))
        assert len(page.content) < 60_000

    assert counts[0] == counts[1] <= 10
