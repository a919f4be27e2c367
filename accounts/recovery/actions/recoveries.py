"""A lost second step: starting the way back, approving it, and stopping it (SPEC 4.1, 6)."""

from __future__ import annotations

from datetime import datetime

from allauth.mfa.utils import is_mfa_enabled
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.audit.events import Event
from accounts.directory.models import BusinessAccount, Membership, User
from accounts.errors import NotAllowed, RecoveryEnded, RecoveryRefused
from accounts.membership.actions.authority import acting, lock, only_staff
from accounts.permissions import Permission, Role
from accounts.recovery import emails
from accounts.recovery.actions.recovery_ends import end_in_mails, lock_homes, record
from accounts.recovery.models import WAIT, SecondStepRecovery

_Because = SecondStepRecovery.StoppedBecause


@transaction.atomic
def start(*, account: BusinessAccount, user: User, by: User, now: datetime) -> SecondStepRecovery:
    """An administrator starts the recovery of a person who belongs to that account alone.

    In 24 hours it completes; everybody concerned is told how to stop it. Raises NotAllowed,
    RecoveryRefused.
    """
    account = lock(account)
    acting(account, by, Permission.SECOND_STEP_RECOVER)
    person = _locked(user)
    if why := why_not(account=account, user=person, by=by):
        raise RecoveryRefused(why)
    recovery = SecondStepRecovery.objects.create(
        user=person, started_by=by, started_at=now, due_at=now + WAIT
    )
    record(Event.RECOVERY_STARTED, recovery, by, now)
    emails.recovery_started(recovery, now=now)
    return recovery


@transaction.atomic
def start_by_vendor(*, user: User, by: User, now: datetime) -> SecondStepRecovery:
    """The vendor's staff starts a recovery; a second person of staff has to approve it.

    Everybody concerned is told at once. Raises NotAllowed, RecoveryRefused.
    """
    only_staff(by)
    lock_homes(user)
    person = _locked(user)
    if why := why_not_by_vendor(user=person, by=by):
        raise RecoveryRefused(why)
    recovery = SecondStepRecovery.objects.create(
        user=person, started_by=by, started_at=now, by_vendor=True
    )
    record(Event.RECOVERY_STARTED, recovery, by, now)
    emails.recovery_started(recovery, now=now)
    return recovery


@transaction.atomic
def approve(*, recovery: SecondStepRecovery, by: User, now: datetime) -> None:
    """A second person of staff agrees: in 24 hours it completes, and all are told again.

    Raises NotAllowed, RecoveryEnded.
    """
    only_staff(by)
    if by.pk in (recovery.started_by_id, recovery.user_id):
        raise NotAllowed(_("Someone else on the support team has to approve it."))
    lock_homes(recovery.user)
    waiting = SecondStepRecovery.objects.open().filter(pk=recovery.pk, due_at=None)
    if not waiting.update(approved_at=now, approved_by=by, due_at=now + WAIT):
        raise RecoveryEnded
    recovery.refresh_from_db()
    record(Event.RECOVERY_APPROVED, recovery, by, now)
    emails.recovery_started(recovery, now=now)


@transaction.atomic
def stop(*, recovery: SecondStepRecovery, by: User | None, now: datetime) -> None:
    """Somebody who was told stops it: the link in the mail is the proof. Raises RecoveryEnded."""
    lock_homes(recovery.user)
    if not end_in_mails(recovery, _Because.SOMEBODY, by=by, now=now):
        raise RecoveryEnded


@transaction.atomic
def ask(*, user: User, now: datetime) -> int:
    """Ask those who can start it for help; how many that were told."""
    account = _only_account(user)
    helpers = list(_helpers(account, user)) if account else []
    if account and helpers:
        audit.record(Event.RECOVERY_ASKED, account=account, actor=user, now=now, subject=user)
        emails.recovery_asked(user, account=account, to=helpers, now=now)
    return len(helpers)


def can_be_helped(user: User) -> bool:
    """True when an administrator, not only the vendor, can start this person's recovery."""
    account = _only_account(user)
    return account is not None and bool(_helpers(account, user))


def why_not(*, account: BusinessAccount, user: User, by: User) -> str:
    """Why this administrator can't start it for this person, fit to show; "" when they can."""
    if user == by:
        return _("You can't do this for yourself. Ask another administrator or support.")
    if why := _why_nobody(user):
        return why
    if user.is_staff or user.memberships.exclude(account=account).exists():
        return _(
            "This person also belongs to accounts other than %(account)s, so only "
            "support can do it."
        ) % {"account": account}
    if not user.memberships.filter(account=account).exists():
        return str(NotAllowed.message)
    if by.email not in _helpers(account, user):
        return _(
            "You two are the only administrators of %(account)s, so only support can do it."
        ) % {"account": account}
    return ""


def why_not_by_vendor(*, user: User, by: User) -> str:
    """Why this person of staff can't start it, fit to show; "" when they can."""
    if user == by:
        return _("You can't do this for yourself. Ask a colleague.")
    return _why_nobody(user)


def _locked(user: User) -> User:
    return User.objects.select_for_update(no_key=True).get(pk=user.pk)


def _why_nobody(user: User) -> str:
    if not user.is_active:
        return _("Their sign-in is disabled.")
    if not is_mfa_enabled(user):
        return _("They have no second step, so there's nothing to remove.")
    if user.recoveries.open().exists():
        return _("A recovery is already running.")
    return ""


def _only_account(user: User) -> BusinessAccount | None:
    memberships = list(Membership.objects.filter(user=user).select_related("account")[:2])
    return memberships[0].account if len(memberships) == 1 and not user.is_staff else None


def _helpers(account: BusinessAccount, user: User) -> list[str]:
    """The addresses of administrators who may start it. For an administrator there have to be two
    others: of two, one could take over the other's place."""
    active = Membership.objects.with_permission(Permission.SECOND_STEP_RECOVER).filter(
        account=account
    )
    others = list(active.exclude(user=user).order_by("pk").values_list("user__email", flat=True))
    is_one = account.memberships.active().filter(user=user, role=Role.ADMINISTRATOR).exists()
    return others if len(others) > is_one else []
