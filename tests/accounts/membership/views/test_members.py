"""The list of members and invitations (SPEC 3, journey 5)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.directory.models import BusinessAccount, Membership, User
from accounts.membership.models import Invitation
from accounts.outbox.models import OutboxMail
from accounts.permissions import Role
from tests import factories
from tests.personas import SignIn

pytestmark = pytest.mark.django_db


def url(account: BusinessAccount) -> str:
    return reverse("member_list", kwargs={"slug": account.slug})


def read(browser: Client, account: BusinessAccount, **query: str) -> str:
    page = browser.get(url(account), query)
    assert page.status_code == 200
    return page.content.decode()


def count_queries(browser: Client, address: str) -> int:
    browser.get(address)  # the first visit notes "last seen"
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert browser.get(address).status_code == 200
    return len(queries)


def test_members_see_each_other_and_no_controls(
    acme: BusinessAccount, alice: User, bob: User, mia: User, sign_in: SignIn
) -> None:
    page = read(sign_in(mia), acme)

    assert all(text in page for text in ("Alice Reyes", "bob@acme.example", "License manager"))
    assert "/remove/" not in page
    assert "/role/" not in page
    assert "Invite people" not in page
    assert "/leave/" in page


def test_alice_sees_controls_for_others_and_only_leaving_for_herself(
    acme: BusinessAccount, alice: User, mia: User, sign_in: SignIn
) -> None:
    page = read(sign_in(alice), acme)

    assert "Remove Mia Chen" in page
    assert "Block Mia Chen" in page
    assert "Remove Alice Reyes" not in page


def test_charlie_cannot_see_members_of_acme(
    acme: BusinessAccount, charlie: User, sign_in: SignIn
) -> None:
    assert sign_in(charlie).get(url(acme)).status_code == 404


def test_the_page_costs_8_queries_with_3_and_with_300_members(
    acme: BusinessAccount, alice: User, bob: User, mia: User, now: datetime, sign_in: SignIn
) -> None:
    few = count_queries(sign_in(alice), url(acme))
    crowd = factories.crowd(acme, 300)
    for number, person in enumerate(crowd[:60]):
        Membership.objects.filter(user=person).update(role=Role.ADMINISTRATOR)
        factories.invitation(acme, f"new{number}@acme.example", by=person, now=now)
        factories.join_request(acme, f"asks{number}@acme.example", now=now)

    many = count_queries(sign_in(alice), url(acme))

    assert few == many
    assert many <= 8


def test_the_page_stays_under_60_kb_with_300_members(
    acme: BusinessAccount, alice: User, now: datetime, sign_in: SignIn
) -> None:
    factories.crowd(acme, 300)
    for number in range(60):
        factories.invitation(acme, f"new{number}@acme.example", by=alice, now=now)
        factories.join_request(acme, f"asks{number}@acme.example", now=now)

    assert len(read(sign_in(alice), acme).encode()) < 60_000


def test_paging_shows_every_member_once(
    acme: BusinessAccount, alice: User, sign_in: SignIn
) -> None:
    crowd = factories.crowd(acme, 60)
    User.objects.filter(pk__in=[person.pk for person in crowd[:30]]).update(name="Same Name")
    browser, seen, after, more = sign_in(alice), [], "", []

    for _page in range(3):
        page = browser.get(url(acme), {"after": after}).context["page"]
        seen += [member.user_id for member in page.rows]
        after = str(page.last.public_id)
        more.append(page.has_more)

    assert more == [True, True, False]
    assert sorted(seen) == sorted([alice.pk, *(person.pk for person in crowd)])


@pytest.mark.parametrize("after", ["00000000-0000-4000-8000-000000000000", "nonsense", "'; --"])
def test_a_page_key_that_leads_nowhere_shows_the_first_page(
    after: str, acme: BusinessAccount, alice: User, sign_in: SignIn
) -> None:
    page = sign_in(alice).get(url(acme), {"after": after}, follow=True)

    assert "Alice Reyes" in page.content.decode()


@pytest.mark.parametrize("words", ["mia", "CHEN", "mia@acme"])
def test_search_finds_by_name_and_email(
    words: str, acme: BusinessAccount, alice: User, bob: User, mia: User, sign_in: SignIn
) -> None:
    page = sign_in(alice).get(url(acme), {"q": words})

    assert [member.user for member in page.context["page"].rows] == [mia]


def test_a_search_without_a_match_says_so_and_leads_back(
    acme: BusinessAccount, alice: User, sign_in: SignIn
) -> None:
    page = read(sign_in(alice), acme, q="<b>nobody")

    assert "No member matches “&lt;b&gt;nobody”." in page
    assert "Show all members" in page


Prepare = Callable[[Invitation, datetime], object]


def mailed(**facts: object) -> Prepare:
    """The invitation's mail with these facts."""

    def prepare(invitation: Invitation, now: datetime) -> None:
        invitation.mail = OutboxMail.objects.create(
            kind="invitation",
            to=invitation.email,
            subject="-",
            created_at=now,
            next_attempt_at=now,
            expires_at=now,
            **facts,
        )
        invitation.save()

    return prepare


def changed(**facts: object) -> Prepare:
    return lambda invitation, now: Invitation.objects.filter(pk=invitation.pk).update(**facts)


AGO = datetime.fromisoformat("2026-01-01T00:00:00Z")
OUTCOMES = [
    pytest.param(mailed(status="queued"), "Waiting to be sent", id="queued"),
    pytest.param(mailed(status="sent", sent_at=AGO), "Sent", id="sent"),
    pytest.param(mailed(status="sent", delivered_at=AGO), "Delivered", id="delivered"),
    pytest.param(
        mailed(status="sent", delivered_at=AGO, bounced_at=AGO, last_error="550 No such user"),
        "550 No such user",
        id="late bounce",
    ),
    pytest.param(mailed(status="failed", last_error="554 Refused"), "554 Refused", id="failed"),
    pytest.param(changed(expires_at=AGO), "Expired", id="expired"),
    pytest.param(changed(declined_at=AGO), "Declined", id="declined"),
    pytest.param(changed(revoked_at=AGO), "Revoked", id="revoked"),
]


@pytest.mark.parametrize(("prepare", "text"), OUTCOMES)
def test_each_invitation_says_what_became_of_it(
    prepare: Prepare, text: str, acme: BusinessAccount, alice: User, now: datetime, sign_in: SignIn
) -> None:
    prepare(factories.invitation(acme, "eve@acme.example", by=alice, now=now), now)

    page = read(sign_in(alice), acme)

    assert "eve@acme.example" in page
    assert text in page


def test_a_suspended_invitation_says_why_and_what_to_do(
    acme: BusinessAccount, alice: User, bob: User, now: datetime, sign_in: SignIn
) -> None:
    factories.invitation(acme, "eve@acme.example", by=bob, now=now)

    page = read(sign_in(alice), acme)

    assert "Suspended" in page
    assert "Bob Lindt can no longer grant this role" in page


def test_an_accepted_invitation_can_no_longer_be_revoked(
    acme: BusinessAccount, alice: User, mia: User, now: datetime, sign_in: SignIn
) -> None:
    accepted = factories.invitation(
        acme, mia.email, by=alice, now=now, accepted_at=now, accepted_by=mia
    )

    page = read(sign_in(alice), acme)

    assert "Accepted" in page
    assert f"{accepted.public_id}/revoke/" not in page


def test_the_links_of_invitations_are_nowhere_on_the_page(
    acme: BusinessAccount, alice: User, now: datetime, sign_in: SignIn
) -> None:
    """Opening the link proves the mailbox, so only the mailbox may have it."""
    invitation = factories.invitation(
        acme, "eve@acme.example", by=alice, now=now - timedelta(days=20)
    )

    assert invitation.token not in read(sign_in(alice), acme)
