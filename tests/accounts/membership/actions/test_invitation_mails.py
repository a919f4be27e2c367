"""The mails of invitations that purchases made: none lost, none doubled."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import pytest
from django.db import connection

from accounts.directory.models import BusinessAccount, User
from accounts.membership import emails
from accounts.membership.actions import invitation_mails, invitations
from accounts.membership.models import Invitation
from accounts.membership.reading.invitation_outcome import (
    InvitationOutcome,
    outcome_of,
    with_outcome_facts,
)
from accounts.outbox.models import OutboxMail
from accounts.permissions import Role
from tests import factories
from tests.accounts.membership.actions.race import refusals, run_concurrently

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]
DAY = timedelta(days=1)


def due(account: BusinessAccount, email: str, *, now: datetime) -> Invitation:
    return factories.invitation(
        account, email, by=None, now=now, role=Role.ADMINISTRATOR, mail_due_at=now
    )


def write(now: datetime) -> int:
    return invitation_mails.write_due(clock=_Clock(now))


class _Clock:
    """Stands still until it was asked a thousand times."""

    def __init__(self, now: datetime) -> None:
        self._now, self._asked = now, 0

    def __call__(self) -> datetime:
        self._asked += 1
        assert self._asked < 1000, "the round never ends"
        return self._now


def test_what_is_due_is_written_once(acme: BusinessAccount, now: datetime) -> None:
    invitation = due(acme, "peter@acme.example", now=now - DAY)

    counts = write(now), write(now)

    assert counts == (1, 0)
    mail = OutboxMail.objects.get()
    assert (mail.to, mail.kind) == ("peter@acme.example", "invitation")
    invitation.refresh_from_db()
    assert (invitation.mail, invitation.mail_due_at) == (mail, None)


def test_the_fourteen_days_begin_with_the_mail(acme: BusinessAccount, now: datetime) -> None:
    invitation = due(acme, "peter@acme.example", now=now - 20 * DAY)

    write(now)

    invitation.refresh_from_db()
    assert (invitation.sent_at, invitation.expires_at) == (now, now + 14 * DAY)


def test_until_then_the_list_says_waiting(acme: BusinessAccount, now: datetime) -> None:
    due(acme, "peter@acme.example", now=now)

    [invitation] = with_outcome_facts(Invitation.objects.all())

    assert outcome_of(invitation, now) == InvitationOutcome.QUEUED


def test_more_than_a_batch_is_written(
    acme: BusinessAccount, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invitation_mails, "BATCH", 3)
    for number in range(8):
        due(acme, f"crowd{number}@acme.example", now=now)

    assert write(now) == 8
    assert OutboxMail.objects.values("to").distinct().count() == 8


def test_others_get_a_turn_between_batches_where_there_is_one_writer(
    acme: BusinessAccount, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invitation_mails, "BATCH", 3)
    turns: list[float] = []
    monkeypatch.setattr(time, "sleep", turns.append)
    for number in range(8):
        due(acme, f"crowd{number}@acme.example", now=now)

    write(now)

    assert len(turns) == (3 if connection.vendor == "sqlite" else 0)
    assert all(turn >= 0.1 for turn in turns)


@pytest.mark.parametrize("ending", ["revoked_at", "declined_at"])
def test_an_invitation_that_ended_meanwhile_is_not_mailed(
    acme: BusinessAccount, now: datetime, ending: str
) -> None:
    invitation = due(acme, "peter@acme.example", now=now)
    Invitation.objects.update(**{ending: now})

    assert write(now) == 0

    invitation.refresh_from_db()
    assert invitation.mail_due_at is None


def test_an_administrators_resending_meanwhile_is_enough(
    acme: BusinessAccount, alice: User, now: datetime
) -> None:
    invitation = due(acme, "peter@acme.example", now=now)
    invitations.resend(invitation=invitation, by=alice, now=now)

    assert write(now) == 0
    assert OutboxMail.objects.count() == 1


def test_a_recipient_gets_five_a_day_and_the_rest_later(now: datetime) -> None:
    for number in range(7):
        account = BusinessAccount.objects.create(
            name=f"Client {number}", slug=f"client-{number}", created_at=now
        )
        due(account, "reseller@globex.example", now=now)

    days = [write(now + n * DAY + timedelta(seconds=n)) for n in range(3)]

    assert days == [5, 2, 0]
    assert OutboxMail.objects.values("account").distinct().count() == 7


def test_a_worker_that_dies_in_a_batch_leaves_all_of_it_due(
    acme: BusinessAccount, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        due(acme, f"crowd{number}@acme.example", now=now)
    render = emails.invitation
    rendered: list[Invitation] = []

    def die_at_the_third(invitation: Invitation, *, now: datetime) -> OutboxMail:
        rendered.append(invitation)
        if len(rendered) == 3:
            raise KeyboardInterrupt
        return render(invitation, now=now)

    with monkeypatch.context() as patch:
        patch.setattr(emails, "invitation", die_at_the_third)
        with pytest.raises(KeyboardInterrupt):
            write(now)

    assert not OutboxMail.objects.exists()
    assert write(now) == 3


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_write_each_mail_once(
    acme: BusinessAccount, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invitation_mails, "BATCH", 5)
    for number in range(60):
        due(acme, f"crowd{number}@acme.example", now=now)

    outcomes = run_concurrently(lambda: write(now), lambda: write(now), lambda: write(now))

    assert not refusals(outcomes)
    assert OutboxMail.objects.count() == 60
    assert OutboxMail.objects.values("to").distinct().count() == 60
    assert not Invitation.objects.exclude(mail_due_at=None).exists()


def test_the_tally_of_an_import_counts_its_own_invitations_only(
    acme: BusinessAccount, alice: User, now: datetime
) -> None:
    for name in ("sent", "back", "in"):
        due(acme, f"{name}@acme.example", now=now)
    due(acme, "earlier@acme.example", now=now - DAY)
    write(now)
    mails = OutboxMail.objects.exclude(to="in@acme.example")
    mails.update(status=OutboxMail.Status.SENT, text="", html="", sent_at=now)
    mails.filter(to="back@acme.example").update(bounced_at=now)
    Invitation.objects.filter(email="in@acme.example").update(accepted_at=now, accepted_by=alice)

    tally = Invitation.objects.by_vendor(now).tally()

    assert tally == {"sent": 2, "came_back": 1, "accepted": 1}
