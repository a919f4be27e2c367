"""An invitation that is about to end is mailed once more."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from accounts.directory.models import BusinessAccount, User
from accounts.membership.actions import invitation_reminders, invitations, members
from accounts.outbox.models import OutboxMail
from accounts.permissions import Role
from tests import factories
from tests.accounts.membership.actions.race import run_concurrently
from tests.personas import membership_of

pytestmark = pytest.mark.django_db
SOON = timedelta(days=12, hours=1)


def mails() -> list[str]:
    found = OutboxMail.objects.filter(kind="invitation_ends")
    return list(found.values_list("to", flat=True))


def test_once_two_days_before_its_end(acme: BusinessAccount, alice: User, now: datetime) -> None:
    factories.invitation(acme, "new@acme.example", by=alice, now=now)

    assert invitation_reminders.remind(now=now + timedelta(days=11)) == 0
    assert invitation_reminders.remind(now=now + SOON) == 1
    assert invitation_reminders.remind(now=now + SOON) == 0

    assert mails() == ["new@acme.example"]
    assert "Acme Corp" in OutboxMail.objects.get().subject


def test_sending_it_again_starts_anew(acme: BusinessAccount, alice: User, now: datetime) -> None:
    invitation = factories.invitation(acme, "new@acme.example", by=alice, now=now)
    invitation_reminders.remind(now=now + SOON)

    invitations.resend(invitation=invitation, by=alice, now=now + SOON)

    assert invitation_reminders.remind(now=now + SOON * 2) == 1


def test_ended_and_suspended_ones_are_left_alone(
    acme: BusinessAccount, alice: User, bob: User, now: datetime
) -> None:
    factories.invitation(acme, "declined@acme.example", by=alice, now=now, declined_at=now)
    factories.invitation(acme, "revoked@acme.example", by=alice, now=now, revoked_at=now)
    factories.invitation(acme, "suspended@acme.example", by=bob, now=now)

    assert invitation_reminders.remind(now=now + SOON) == 0
    assert invitation_reminders.remind(now=now + timedelta(days=15)) == 0


def test_more_than_a_batch_is_reminded_in_one_run(
    acme: BusinessAccount, alice: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invitation_reminders, "_AT_ONCE", 2)
    for number in range(5):
        factories.invitation(acme, f"new{number}@acme.example", by=alice, now=now)

    assert invitation_reminders.remind(now=now + SOON) == 5


@pytest.mark.django_db(transaction=True)
def test_two_schedulers_at_once_mail_once(
    acme: BusinessAccount, alice: User, now: datetime
) -> None:
    factories.invitation(acme, "new@acme.example", by=alice, now=now)

    run_concurrently(*(lambda: invitation_reminders.remind(now=now + SOON) for _ in range(4)))

    assert mails() == ["new@acme.example"]


def test_opting_out_is_ones_own_affair(acme: BusinessAccount, alice: User) -> None:
    members.choose_mails(membership=membership_of(alice, acme), wants_reminders=False)

    assert not acme.memberships.wanting_reminders().exists()
    assert acme.memberships.filter(role=Role.ADMINISTRATOR).exists()
