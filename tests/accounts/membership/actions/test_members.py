from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import pytest

from accounts.audit.events import Event
from accounts.audit.models import AuditEvent
from accounts.directory.models import BusinessAccount, Membership, User
from accounts.errors import LastAdministrator, NotAllowed
from accounts.membership.actions import members
from accounts.outbox.models import OutboxMail
from accounts.permissions import Role
from tests import factories
from tests.personas import membership_of

pytestmark = pytest.mark.django_db
Act = Callable[..., None]
ACTS = [
    pytest.param(partial(members.change_role, role=Role.LICENSE_MANAGER), id="change_role"),
    pytest.param(members.block, id="block"),
    pytest.param(members.remove, id="remove"),
]


@pytest.mark.parametrize("act", ACTS)
def test_the_last_administrator_stays_until_there_is_a_second(
    act: Act, acme: BusinessAccount, alice: User, dora: User, now: datetime
) -> None:
    alices = membership_of(alice, acme)

    with pytest.raises(LastAdministrator):
        act(membership=alices, by=alice, now=now)
    factories.member(acme, dora, Role.ADMINISTRATOR)
    act(membership=alices, by=dora, now=now)

    assert not acme.memberships.active().administrators().filter(user=alice).exists()


def test_the_last_administrator_leaves_once_there_is_a_second(
    acme: BusinessAccount, alice: User, dora: User, now: datetime
) -> None:
    alices = membership_of(alice, acme)

    with pytest.raises(LastAdministrator):
        members.leave(membership=alices, now=now)
    factories.member(acme, dora, Role.ADMINISTRATOR)
    members.leave(membership=alices, now=now)

    assert not acme.memberships.filter(user=alice).exists()


@pytest.mark.parametrize("state", ["blocked", "disabled"])
def test_an_administrator_who_cannot_act_does_not_count(
    state: str, acme: BusinessAccount, alice: User, dora: User, now: datetime
) -> None:
    factories.member(acme, dora, Role.ADMINISTRATOR, blocked=state == "blocked")
    if state == "disabled":
        User.objects.filter(pk=dora.pk).update(is_active=False)

    with pytest.raises(LastAdministrator):
        members.leave(membership=membership_of(alice, acme), now=now)


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("actor", ["bob", "mia", "charlie"])
def test_only_administrators_of_the_account_change_members(
    act: Act, actor: str, acme: BusinessAccount, bob: User, mia: User, charlie: User, now: datetime
) -> None:
    people = {"bob": bob, "mia": mia, "charlie": charlie}
    mias = membership_of(mia, acme)

    with pytest.raises(NotAllowed):
        act(membership=mias, by=people[actor], now=now)

    mias.refresh_from_db()
    assert (mias.role, mias.blocked_at) == (Role.MEMBER, None)
    assert not AuditEvent.objects.exists()
    assert not OutboxMail.objects.exists()


def test_a_right_that_was_lost_bites_at_once(
    acme: BusinessAccount, alice: User, mia: User, dora: User, now: datetime
) -> None:
    """SPEC 4.1: the action reads rights under the lock, not from the page that was opened."""
    factories.member(acme, dora, Role.ADMINISTRATOR)
    mias = membership_of(mia, acme)
    members.block(membership=membership_of(dora, acme), by=alice, now=now)

    with pytest.raises(NotAllowed):
        members.remove(membership=mias, by=dora, now=now)


def test_a_changed_role_is_mailed_and_noted(
    acme: BusinessAccount, alice: User, mia: User, now: datetime
) -> None:
    mias = membership_of(mia, acme)

    members.change_role(membership=mias, role=Role.ADMINISTRATOR, by=alice, now=now)
    members.change_role(membership=mias, role=Role.ADMINISTRATOR, by=alice, now=now)

    event = AuditEvent.objects.get(event=Event.MEMBER_ROLE_CHANGED)
    assert event.details == {"before": "member", "after": "administrator"}
    assert OutboxMail.objects.get().to == mia.email


def test_blocking_can_be_undone(
    acme: BusinessAccount, alice: User, mia: User, now: datetime
) -> None:
    mias = membership_of(mia, acme)

    members.block(membership=mias, by=alice, now=now)
    assert not acme.memberships.active().filter(user=mia).exists()
    members.unblock(membership=mias, by=alice, now=now)

    assert acme.memberships.active().filter(user=mia).exists()
    assert list(OutboxMail.objects.values_list("to", flat=True)) == [mia.email] * 2


def test_blocking_and_unblocking_are_noted_once_however_often_they_are_clicked(
    acme: BusinessAccount, alice: User, mia: User, now: datetime
) -> None:
    mias = membership_of(mia, acme)
    later = now + timedelta(hours=1)

    members.block(membership=mias, by=alice, now=now)
    members.block(membership=mias, by=alice, now=later)
    mias.refresh_from_db()
    blocked_at = mias.blocked_at
    members.unblock(membership=mias, by=alice, now=later)
    members.unblock(membership=mias, by=alice, now=later)

    assert blocked_at == now
    events = AuditEvent.objects.order_by("pk").values_list("event", flat=True)
    assert list(events) == [Event.MEMBER_BLOCKED, Event.MEMBER_UNBLOCKED]
    assert OutboxMail.objects.count() == 2


@pytest.mark.parametrize("actor", ["bob", "mia", "charlie"])
def test_only_administrators_of_the_account_unblock(
    actor: str,
    acme: BusinessAccount,
    alice: User,
    bob: User,
    mia: User,
    charlie: User,
    now: datetime,
) -> None:
    people = {"bob": bob, "mia": mia, "charlie": charlie}
    mias = membership_of(mia, acme)
    members.block(membership=mias, by=alice, now=now)

    with pytest.raises(NotAllowed):
        members.unblock(membership=mias, by=people[actor], now=now)

    mias.refresh_from_db()
    assert mias.blocked_at == now


def test_leaving_is_noted_as_ones_own_act(acme: BusinessAccount, mia: User, now: datetime) -> None:
    members.leave(membership=membership_of(mia, acme), now=now)

    event = AuditEvent.objects.get()
    assert (event.event, event.actor) == (Event.MEMBER_LEFT, mia)
    assert event.details == {"role": "member"}


def test_bobs_choice_of_mails_is_not_mias(
    acme: BusinessAccount, globex: BusinessAccount, bob: User, mia: User
) -> None:
    factories.member(globex, bob)

    members.choose_mails(membership=membership_of(bob, acme), wants_reminders=False)

    assert list(Membership.objects.filter(wants_reminders=False)) == [membership_of(bob, acme)]


def test_removing_ends_this_membership_and_no_other(
    acme: BusinessAccount, globex: BusinessAccount, alice: User, mia: User, now: datetime
) -> None:
    factories.member(globex, mia)

    members.remove(membership=membership_of(mia, acme), by=alice, now=now)

    assert [each.account for each in Membership.objects.filter(user=mia)] == [globex]
    assert OutboxMail.objects.get().to == mia.email
    assert AuditEvent.objects.get().event == Event.MEMBER_REMOVED


def test_removing_someone_who_has_just_left_is_refused(
    acme: BusinessAccount, alice: User, mia: User, now: datetime
) -> None:
    mias = membership_of(mia, acme)
    members.leave(membership=membership_of(mia, acme), now=now)

    with pytest.raises(NotAllowed):
        members.remove(membership=mias, by=alice, now=now)
