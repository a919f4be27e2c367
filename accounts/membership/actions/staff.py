"""What the vendor's staff does for people who are stuck; each action is in the account's log."""

from __future__ import annotations

from datetime import datetime

from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit, outbox
from accounts.audit.events import Event
from accounts.directory.models import User
from accounts.errors import InvitationEnded, LastAdministrator, MailNotWaiting, NotAllowed
from accounts.membership import emails
from accounts.membership.actions.authority import lock, lock_account_of, only_staff
from accounts.membership.models import Invitation
from accounts.outbox.models import OutboxMail, Status
from accounts.sign_in.actions import people


@transaction.atomic
def resend_invitation(*, invitation: Invitation, by: User, now: datetime) -> None:
    """Mail an open invitation again, for 14 more days; who invited stays who invited.

    Raises NotAllowed, InvitationEnded.
    """
    only_staff(by)
    account = lock_account_of(invitation)
    current = Invitation.objects.open().filter(pk=invitation.pk).first()
    if current is None:
        raise InvitationEnded
    current.restart_validity(now)
    current.mail = emails.invitation(current, now=now)
    current.save(update_fields=["sent_at", "expires_at", "reminded_at", "mail"])
    audit.record(Event.INVITATION_RESENT, account=account, actor=by, now=now, subject=current)


@transaction.atomic
def try_mail_now(*, mail: OutboxMail, by: User, now: datetime) -> None:
    """Let a waiting mail go out at once, not at its next try. Raises NotAllowed, MailNotWaiting."""
    only_staff(by)
    waiting = OutboxMail.objects.filter(pk=mail.pk, status=Status.QUEUED)
    if not waiting.update(next_attempt_at=now):
        raise MailNotWaiting
    transaction.on_commit(outbox.notify_workers, robust=True)


@transaction.atomic
def cancel_mail(*, mail: OutboxMail, by: User, now: datetime) -> None:
    """Take a waiting mail back; noted with its account. Raises NotAllowed, MailNotWaiting."""
    only_staff(by)
    if not outbox.cancel(mail=mail):
        raise MailNotWaiting
    if mail.account is not None:
        audit.record(Event.MAIL_CANCELLED, account=mail.account, actor=by, now=now, subject=mail.to)


@transaction.atomic
def end_sessions(*, user: User, by: User, now: datetime) -> int:
    """Sign a person out everywhere; how many sessions that were. Raises NotAllowed."""
    only_staff(by)
    ended = people.end_sessions(user)
    _note(Event.SESSIONS_ENDED, user, by, now)
    return ended


@transaction.atomic
def disable(*, user: User, by: User, now: datetime) -> None:
    """Keep a person from signing in anywhere. Raises NotAllowed, LastAdministrator."""
    only_staff(by)
    if user == by:
        raise NotAllowed(_("You'd lock yourself out. Ask a colleague to do it."))
    memberships = list(user.memberships.select_related("account").order_by("account"))
    for membership in memberships:
        lock(membership.account)
    if any(membership.is_last_administrator() for membership in memberships):
        raise LastAdministrator
    if User.objects.filter(pk=user.pk, is_active=True).update(is_active=False):
        _note(Event.PERSON_DISABLED, user, by, now)
        end_sessions(user=user, by=by, now=now)


@transaction.atomic
def enable(*, user: User, by: User, now: datetime) -> None:
    """Let a person sign in again. Raises NotAllowed."""
    only_staff(by)
    if User.objects.filter(pk=user.pk, is_active=False).update(is_active=True):
        _note(Event.PERSON_ENABLED, user, by, now)


def _note(event: Event, user: User, by: User, now: datetime) -> None:
    """In the log of each account of theirs, and with the person's record, who may have none."""
    LogEntry.objects.log_actions(by.pk, [user], CHANGE, str(event.label))
    for membership in user.memberships.select_related("account"):
        audit.record(event, account=membership.account, actor=by, now=now, subject=user)
