"""Polling with a device code, and collecting the license once (RFC 8628 §3.4, §3.5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Least
from django.utils.translation import gettext as _

from accounts import audit
from accounts.directory.models import BusinessAccount, Membership
from accounts.errors import AccountMerged, DomainError
from accounts.membership.actions.authority import lock_account_of
from licensing.activation.actions import activations, issuing
from licensing.activation.errors import (
    AccessDenied,
    ApprovalWithdrawn,
    ApproverLostRight,
    AuthorizationPending,
    ExpiredToken,
    InvalidGrant,
    NotLicensed,
    PollRefused,
    SlowDown,
)
from licensing.activation.models import ActivationRequest
from licensing.activation.models.activation_request import Status
from licensing.events import Event
from licensing.licenses.models import Activation, Instance
from licensing.licenses.reading import fitness
from licensing.permissions import LicensingPermission
from licensing.protocol import tokens

SLOW_DOWN_SECONDS: Final = 5  # added for good to the polling interval (RFC 8628 §3.5)
_MAX_INTERVAL_SECONDS: Final = 600
_FORGOTTEN_AFTER: Final = timedelta(days=30)
UNCLAIMED_KEPT_FOR: Final = timedelta(hours=2)  # after the end: a late poll still reads why
# Clocks and networks aren't exact: a poll that is this much early is accepted.
_TOLERANCE: Final = timedelta(milliseconds=500)


@dataclass(frozen=True)
class CollectedLicense:
    """What an approved console gets, exactly once."""

    token: str
    activation: Activation
    document: str


def poll(*, device_code: str, now: datetime) -> CollectedLicense:
    """Return the token and document of an approved request; it can be redeemed only once.

    Raises AuthorizationPending, SlowDown, AccessDenied, ApprovalWithdrawn, ExpiredToken,
    InvalidGrant.
    """
    mine = ActivationRequest.objects.filter(device_code_digest=tokens.digest(device_code))
    request = mine.first()
    if request is None:
        raise InvalidGrant
    if request.status == Status.PENDING and not request.has_expired(now):
        raise _noted(request, now)
    if request.status == Status.APPROVED and not request.has_expired(now):
        outcome = _redeem(request, now)
        # Raised outside of the transaction, so that the withdrawal isn't rolled back.
        if isinstance(outcome, ApprovalWithdrawn):
            raise outcome
        return outcome
    raise _refusal(request)


def lapse(*, now: datetime) -> int:
    """Release the seats of approvals that no console collected in time; return how many there
    were."""
    late = ActivationRequest.objects.filter(status=Status.APPROVED, expires_at__lte=now)
    return sum(_lapse(request, now) for request in late[:500])


def forget(*, now: datetime) -> int:
    """Delete requests that led to nothing 30 days after their end, and unclaimed ones within hours,
    because anyone can create them.
    """
    waiting = ActivationRequest.objects.filter(status__in=[Status.PENDING, Status.DENIED])
    unclaimed = waiting.filter(claimed_by=None, expires_at__lt=now - UNCLAIMED_KEPT_FOR)
    ended = waiting.filter(expires_at__lt=now - _FORGOTTEN_AFTER)
    return unclaimed.delete()[0] + ended.delete()[0]


def _noted(request: ActivationRequest, now: datetime) -> AuthorizationPending:
    """Record the poll in its own columns; polling never changes the status.

    Of two simultaneous polls, one counts as early, and an early poll lengthens the interval for
    good.
    """
    mine = ActivationRequest.objects.filter(pk=request.pk)
    due = request.polled_at is None or (
        now - request.polled_at >= timedelta(seconds=request.interval) - _TOLERANCE
    )
    left = int((request.expires_at - now).total_seconds())
    if due and mine.filter(polled_at=request.polled_at).update(polled_at=now):
        return AuthorizationPending(interval=request.interval, expires_in=left)
    slower = Least(F("interval") + SLOW_DOWN_SECONDS, _MAX_INTERVAL_SECONDS)
    mine.update(polled_at=now, interval=slower)
    return SlowDown(interval=mine.values_list("interval", flat=True).get(), expires_in=left)


@transaction.atomic
def _redeem(request: ActivationRequest, now: datetime) -> CollectedLicense | ApprovalWithdrawn:
    account = _lock_account(request)
    approved = ActivationRequest.objects.filter(pk=request.pk, status=Status.APPROVED)
    current = approved.first()
    if current is None:  # another poll was first
        raise InvalidGrant
    try:
        activation = _still_granted(current, account, now)
    except DomainError as why:
        return _withdraw(current, account, why, now)
    if not approved.move(Status.REDEEMED, redeemed_at=now):
        raise InvalidGrant
    token = give_token(activation.instance)
    document = issuing.issue(activation, now=now)
    Activation.objects.filter(pk=activation.pk).update(collected_at=now)
    return CollectedLicense(token, activation, document)


def _still_granted(
    request: ActivationRequest, account: BusinessAccount, now: datetime
) -> Activation:
    """The approved activation, if everything that the approval depended on still holds: a lost
    permission takes effect at once, even for an approval given earlier (SPEC 4.1). Raises
    DomainError.
    """
    if account.merged_into_id is not None:
        raise AccountMerged
    may = Membership.objects.with_permission(LicensingPermission.LICENSES_MANAGE)
    if not may.filter(account=account, user=request.answered_by_id).exists():
        raise ApproverLostRight
    activation = Activation.objects.live().with_all().filter(request=request.pk).first()
    if activation is None:
        raise NotLicensed(_("It was ended in the portal before the console picked it up."))
    fitness.refuse_unfit(activation.key, version=activation.version, now=now)
    return activation


def _withdraw(
    request: ActivationRequest, account: BusinessAccount, why: DomainError, now: datetime
) -> ApprovalWithdrawn:
    """Release the seat of an approval that is no longer valid, and record it in the account's audit
    log.
    """
    ActivationRequest.objects.filter(pk=request.pk).move(Status.WITHDRAWN)
    activation = Activation.objects.select_related("key").get(request=request.pk)
    if activations.end(activation, Activation.Ending.WITHDRAWN, now=now):
        audit.record(
            Event.REQUEST_WITHDRAWN,
            account=account,
            actor=None,
            now=now,
            subject=request,
            why=str(why),
        )
    return ApprovalWithdrawn(f"{ApprovalWithdrawn.message} {why}")


def give_token(instance: Instance) -> str:
    """A new token for this instance; its previous token stops working."""
    token = tokens.new_secret("rasi")
    instance.token_digest = tokens.digest(token)
    instance.save(update_fields=["token_digest"])
    return token


@transaction.atomic
def _lapse(request: ActivationRequest, now: datetime) -> int:
    account = _lock_account(request)
    if not ActivationRequest.objects.filter(pk=request.pk).move(Status.LAPSED):
        return 0
    activation = Activation.objects.select_related("key").get(request=request.pk)
    if activations.end(activation, Activation.Ending.NOT_COLLECTED, now=now):
        audit.record(Event.REQUEST_LAPSED, account=account, actor=None, now=now, subject=request)
    return 1


def _lock_account(request: ActivationRequest) -> BusinessAccount:
    """Take the account's lock before any other, as everywhere, so that no deadlock is possible."""
    assert request.account_id is not None  # an approved request always has an account
    return lock_account_of(request)


def _refusal(request: ActivationRequest) -> PollRefused:
    if request.status == Status.DENIED:
        return AccessDenied()
    if request.status == Status.WITHDRAWN:
        return ApprovalWithdrawn()
    if request.status == Status.REDEEMED:
        return InvalidGrant()
    return ExpiredToken()
