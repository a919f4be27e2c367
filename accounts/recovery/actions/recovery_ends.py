"""How the recovery of a second step ends: completed after 24 hours, stopped, or settled."""

from __future__ import annotations

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import models, transaction

from accounts import audit
from accounts.audit.events import Event
from accounts.directory.models import BusinessAccount, Membership, User
from accounts.errors import NotAllowed
from accounts.membership.actions.authority import acting, only_staff
from accounts.permissions import Permission
from accounts.recovery import emails
from accounts.recovery.models import SecondStepRecovery
from accounts.sign_in.actions import people

_Because = SecondStepRecovery.StoppedBecause


def complete_due(*, now: datetime) -> int:
    """Complete what nobody stopped in time, and give up what nobody approved; how many ended."""
    ended = [_complete(pk, now) for pk in _keys(SecondStepRecovery.objects.due(now))]
    forgotten = SecondStepRecovery.objects.never_approved(now)
    ended += [_give_up(pk, _Because.NOT_APPROVED, now) for pk in _keys(forgotten)]
    return sum(ended)


@transaction.atomic
def note_use(*, user: User, now: datetime) -> None:
    """The second step was used, so it isn't lost: a recovery that waits is stopped."""
    if not SecondStepRecovery.objects.open().filter(user=user).exists():
        return
    lock_homes(user)
    for recovery in SecondStepRecovery.objects.open().filter(user=user):
        end_in_mails(recovery, _Because.USED, by=None, now=now)


def is_unsettled(user: User) -> bool:
    """True while a password alone is not enough for this person, after a recovery."""
    return SecondStepRecovery.objects.unsettled().filter(user=user).exists()


def settle(*, user: User, now: datetime) -> None:
    """The person has a new second step: nothing more is asked."""
    SecondStepRecovery.objects.unsettled().filter(user=user).update(settled_at=now)


def settle_by_code(*, user: User, now: datetime) -> None:
    """The person has signed in with password and mailed code: enough, unless an account of theirs
    (or the staff pages) asks for a second step."""
    asked = Membership.objects.filter(user=user, account__require_two_step=True).exists()
    if not asked and not user.is_staff:
        settle(user=user, now=now)


def lock_homes(user: User) -> None:
    """Lock the accounts of a person until the transaction ends, before anything else of a
    recovery: what follows writes into their logs, and roles there decide."""
    homes = BusinessAccount.objects.filter(memberships__user=user).order_by("pk")
    list(homes.select_for_update(of=("self",), no_key=True))


def end_in_mails(
    recovery: SecondStepRecovery, because: str, *, by: User | None, now: datetime
) -> bool:
    """Stop it if it is still open, note why, and tell everybody concerned; inside a transaction.

    Stopping and completing have one winner: each is one UPDATE of an open row.
    """
    still_open = SecondStepRecovery.objects.open().filter(pk=recovery.pk)
    if not still_open.update(stopped_at=now, stopped_by=by, stopped_because=because):
        return False
    recovery.refresh_from_db()
    record(Event.RECOVERY_STOPPED, recovery, by, now, because=because)
    emails.recovery_ended(recovery, now=now)
    return True


def record(
    event: Event, recovery: SecondStepRecovery, by: User | None, now: datetime, **details: str
) -> None:
    """In the log of each account of the person, and for staff's acts with the person's record."""
    if recovery.by_vendor and by is not None and by.is_staff:
        LogEntry.objects.log_actions(by.pk, [recovery.user], CHANGE, str(event.label))
    for membership in recovery.user.memberships.select_related("account"):
        audit.record(
            event,
            account=membership.account,
            actor=by,
            now=now,
            subject=recovery.user,
            **details,
        )


@transaction.atomic
def _complete(pk: int, now: datetime) -> bool:
    recovery = _locked(pk)
    if not _may_still(recovery):
        return end_in_mails(recovery, _Because.NO_RIGHT, by=None, now=now)
    if not SecondStepRecovery.objects.due(now).filter(pk=pk).update(completed_at=now):
        return False
    recovery.refresh_from_db()
    Authenticator.objects.filter(user=recovery.user).delete()
    people.end_sessions(recovery.user)
    record(Event.RECOVERY_COMPLETED, recovery, None, now)
    emails.recovery_ended(recovery, now=now)
    return True


@transaction.atomic
def _give_up(pk: int, because: str, now: datetime) -> bool:
    recovery = _locked(pk)
    return end_in_mails(recovery, because, by=None, now=now)


def _locked(pk: int) -> SecondStepRecovery:
    found = SecondStepRecovery.objects.select_related("user", "started_by", "approved_by")
    lock_homes(found.get(pk=pk).user)
    return found.get(pk=pk)


def _may_still(recovery: SecondStepRecovery) -> bool:
    """Roles bite at once: whoever started it (and approved it) still may, as things stand now."""
    user = recovery.user
    if not user.is_active:
        return False
    try:
        if recovery.by_vendor:
            only_staff(recovery.started_by)
            only_staff(_approver(recovery))
            return True
        memberships = list(user.memberships.select_related("account")[:2])
        if user.is_staff or len(memberships) != 1:
            return False
        acting(memberships[0].account, recovery.started_by, Permission.SECOND_STEP_RECOVER)
    except NotAllowed:
        return False
    return True


def _approver(recovery: SecondStepRecovery) -> User:
    if recovery.approved_by is None:
        raise NotAllowed
    return recovery.approved_by


def _keys(recoveries: models.QuerySet[SecondStepRecovery]) -> list[int]:
    return list(recoveries.order_by("pk").values_list("pk", flat=True)[:100])
