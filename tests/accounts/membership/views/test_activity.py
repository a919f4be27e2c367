from __future__ import annotations

from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import audit
from accounts.audit import registry
from accounts.audit.event_sentences import sentences
from accounts.audit.events import Event
from accounts.audit.models import AuditEvent
from accounts.directory.models import BusinessAccount, User
from accounts.membership.actions import accounts, invitations, join_requests, members
from accounts.permissions import Role
from tests import factories
from tests.personas import SignIn, membership_of

pytestmark = pytest.mark.django_db


def url(account: BusinessAccount) -> str:
    return reverse("activity", kwargs={"slug": account.slug})


def note(
    account: BusinessAccount, count: int, now: datetime, event: str = "member.blocked"
) -> None:
    for number in range(count):
        audit.record(event, account=account, actor=None, now=now, subject=f"Person {number}")


@pytest.mark.parametrize(
    ("actor", "status"), [("alice", 200), ("bob", 403), ("mia", 403), ("charlie", 404)]
)
def test_only_administrators_read_the_log(
    actor: str,
    status: int,
    acme: BusinessAccount,
    alice: User,
    bob: User,
    mia: User,
    charlie: User,
    sign_in: SignIn,
) -> None:
    browser = sign_in({"alice": alice, "bob": bob, "mia": mia, "charlie": charlie}[actor])

    assert browser.get(url(acme)).status_code == status


def test_what_people_did_reads_as_sentences(
    acme: BusinessAccount, alice: User, mia: User, now: datetime, sign_in: SignIn
) -> None:
    mias = membership_of(mia, acme)
    members.change_role(membership=mias, role=Role.LICENSE_MANAGER, by=alice, now=now)
    members.remove(membership=mias, by=alice, now=now)
    invitations.send(
        account=acme, addresses=["eve@acme.example"], role=Role.MEMBER, by=alice, now=now
    )
    join_requests.decline(
        join_request=factories.join_request(acme, "dora@winter.example", now=now), by=alice, now=now
    )
    accounts.change_settings(
        account=acme, require_two_step=True, joinable_by_domain=False, by=alice, now=now
    )
    acme.require_two_step = False
    acme.save()

    page = sign_in(alice).get(url(acme)).content.decode()

    for sentence in [
        "Alice Reyes changed the role of Mia Chen from Member to License manager",
        "Alice Reyes removed Mia Chen, who was License manager",
        "Alice Reyes invited eve@acme.example as Member",
        "Alice Reyes declined the request of dora@winter.example to join",
        "Alice Reyes made two-step sign-in required for everyone",
        "Alice Reyes stopped letting colleagues ask to join",
    ]:
        assert sentence in page


@pytest.mark.parametrize("event", list(registry.LABELS))
def test_each_event_has_a_sentence_of_its_own(event: str) -> None:
    details = {"role": "member", "before": "member", "after": "administrator"}
    details |= {"license": "Subscription", "key": "…K7Q2D", "version": "21.0"}
    details |= {"successor": "Farm Two", "peak": "41", "seats": "25", "other": "Globex"}
    details |= {"reason": "unpaid", "at_once": "5", "a_year": "20", "why": "It ended."}
    settings = {"require_two_step": True}

    (sentence,) = sentences(
        AuditEvent(event=event, actor_name="Alice", subject="Mia", details=details | settings)
    )

    assert "%(" not in sentence
    assert not sentence.startswith(
        "Alice: "
    )  # the plain form, for events this release doesn't know


def test_an_event_of_a_newer_release_is_shown_plainly() -> None:
    event = AuditEvent(event="farm.painted", actor_name="Alice", subject="Farm One", details={})

    assert sentences(event) == ["Alice: farm.painted, Farm One"]


def test_names_cannot_break_sentences() -> None:
    event = AuditEvent(event=Event.MEMBER_BLOCKED, actor_name="100% Alice %(x)s", subject="%s")

    assert sentences(event) == ["100% Alice %(x)s blocked %s"]


def test_pages_show_each_event_once_newest_first(
    acme: BusinessAccount, alice: User, now: datetime, sign_in: SignIn
) -> None:
    note(acme, 60, now)
    browser, seen, before, more = sign_in(alice), [], "", []

    for _page in range(3):
        context = browser.get(url(acme), {"before": before}).context
        seen += [entry.event.pk for entry in context["entries"]]
        before = str(context["page"].last.pk)
        more.append(context["page"].has_more)

    assert seen == sorted(acme.events.values_list("pk", flat=True), reverse=True)
    assert more == [True, True, False]


def test_the_filter_keeps_one_kind(
    acme: BusinessAccount, globex: BusinessAccount, alice: User, now: datetime, sign_in: SignIn
) -> None:
    note(acme, 2, now)
    note(acme, 3, now, event="invitation.sent")
    note(globex, 4, now, event="invitation.sent")

    entries = sign_in(alice).get(url(acme), {"kind": "invitation"}).context["entries"]

    assert len(entries) == 3


def test_the_log_of_an_account_that_was_merged_here_is_read_here(
    acme: BusinessAccount, globex: BusinessAccount, alice: User, now: datetime, sign_in: SignIn
) -> None:
    browser = sign_in(alice)
    older = factories.business_account("Globex Old", administrator=alice, now=now)
    note(acme, 2, now)
    note(globex, 30, now)
    note(older, 1, now)
    refused = browser.get(url(acme), {"of": globex.slug})
    assert {entry.event.account_id for entry in refused.context["entries"]} == {acme.pk}
    for account, target in ((older, globex), (globex, acme)):
        account.merged_into = target
        account.save(update_fields=["merged_into"])

    page = browser.get(url(acme), {"of": globex.slug, "kind": "member"})
    oldest = browser.get(url(acme), {"of": older.slug})

    assert {entry.event.account_id for entry in page.context["entries"]} == {globex.pk}
    text = page.content.decode()
    assert "Who did what in Globex, which was merged into this account" in text
    assert f"&amp;kind=member&amp;of={globex.slug}" in text
    assert [entry.event.account_id for entry in oldest.context["entries"]] == [older.pk]


@pytest.mark.parametrize("query", [{"before": "x"}, {"before": "9" * 40}, {"kind": "%"}])
def test_a_query_out_of_order_shows_the_newest(
    query: dict[str, str], acme: BusinessAccount, alice: User, now: datetime, sign_in: SignIn
) -> None:
    note(acme, 1, now)

    assert len(sign_in(alice).get(url(acme), query).context["entries"]) == 1


def test_the_log_costs_the_same_with_few_and_many_events(
    acme: BusinessAccount, alice: User, now: datetime, sign_in: SignIn
) -> None:
    browser, counts = sign_in(alice), []
    browser.get(url(acme))

    for count in (3, 300):
        note(acme, count, now)
        with CaptureQueriesContext(connection) as queries:
            browser.get(url(acme))
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 8
