"""Asking to be invited, and the answer (SPEC A13)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts import audit
from accounts.audit.events import Event
from accounts.directory.models import BusinessAccount, User
from accounts.errors import AlreadyMember, NotAllowed, RequestEnded
from accounts.membership import emails
from accounts.membership.actions import invitations
from accounts.membership.actions.authority import acting, lock, lock_account_of
from accounts.membership.actions.invitation_results import AddressOutcome, AddressResult
from accounts.membership.models import JoinRequest
from accounts.permissions import Permission, may_grant


@transaction.atomic
def ask(
    *,
    account: BusinessAccount,
    email: str,
    email_display: str,
    name: str,
    message: str,
    now: datetime,
) -> JoinRequest:
    """Carry a request of a proven mailbox to the administrators, who get a mail and a list.

    A request that already waits is returned as it is, without a second mail.
    Raises AlreadyMember.
    """
    account = lock(account)
    if account.memberships.with_address(email).exists():
        raise AlreadyMember
    waiting = account.join_requests.waiting().filter(email=email).first()
    if waiting:
        return waiting
    request = JoinRequest.objects.create(
        account=account,
        email=email,
        email_display=email_display,
        name=name,
        message=message,
        created_at=now,
    )
    audit.record(Event.JOIN_REQUESTED, account=account, actor=None, now=now, subject=request)
    emails.join_requested(request, now=now)
    return request


@transaction.atomic
def approve(*, join_request: JoinRequest, role: str, by: User, now: datetime) -> AddressResult:
    """Turn a request into an invitation; the outcome says whether the mail goes out.

    When it can't go out, the request keeps waiting. Raises NotAllowed, RequestEnded.
    """
    account = lock_account_of(join_request)
    actor = acting(account, by, Permission.MEMBERS_MANAGE)
    if not may_grant(actor.role, role):
        raise NotAllowed
    waiting = _waiting(join_request)
    (outcome,) = invitations.send(
        account=account, addresses=[waiting.email_display], role=role, by=by, now=now
    )
    if outcome.result is AddressOutcome.REFUSED:
        return outcome
    waiting.approved_at, waiting.answered_by = now, by
    waiting.save(update_fields=["approved_at", "answered_by"])
    audit.record(
        Event.JOIN_APPROVED, account=account, actor=by, now=now, subject=waiting, role=role
    )
    return outcome


@transaction.atomic
def decline(*, join_request: JoinRequest, by: User, now: datetime) -> None:
    """Turn a request down, silently to the one who asked. Raises NotAllowed, RequestEnded."""
    account = lock_account_of(join_request)
    acting(account, by, Permission.MEMBERS_MANAGE)
    waiting = _waiting(join_request)
    waiting.declined_at, waiting.answered_by = now, by
    waiting.save(update_fields=["declined_at", "answered_by"])
    audit.record(Event.JOIN_DECLINED, account=account, actor=by, now=now, subject=waiting)


def _waiting(join_request: JoinRequest) -> JoinRequest:
    found = JoinRequest.objects.waiting().filter(pk=join_request.pk).first()
    if found is None:
        raise RequestEnded
    return found
