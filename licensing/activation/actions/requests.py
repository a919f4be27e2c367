"""Activation requests: opened by a console or a file, answered by a person.

Each status change is one conditional UPDATE, so that only one of two simultaneous answers counts.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.directory.models import BusinessAccount, Membership, User
from accounts.membership.actions.authority import acting, lock, lock_account_of
from accounts.permissions import Permission
from licensing.activation import emails
from licensing.activation.actions import activations, issuing
from licensing.activation.errors import (
    RequestAnswered,
    RequestNotFound,
    SplitNotConfirmed,
    TooManyWaiting,
)
from licensing.activation.models import ActivationRequest
from licensing.activation.models.activation_request import (
    COLLECTION_WINDOW,
    HAND_OVER_VALID_FOR,
    Status,
)
from licensing.activation.models.choice import ApprovalChoice
from licensing.activation.reading import instance_accounts
from licensing.activation.rules.installation import Installation
from licensing.events import Event
from licensing.licenses.actions import keys, trials
from licensing.licenses.errors import KeyNotInAccount
from licensing.licenses.models import Activation, Instance, Key
from licensing.permissions import LicensingPermission
from licensing.protocol import tokens

MAX_WAITING_REQUESTS: Final = 10_000  # in total, from however many addresses (SPEC 5)


def open_online(
    *, installation: Installation, key_hint: str, address: str | None, now: datetime
) -> tuple[ActivationRequest, str]:
    """Open a console's request; return it with the device code, which is shown only once
    (RFC 8628 §3.2).

    Raises TooManyWaiting; then nothing is stored.
    """
    # Parallel requests may exceed this by a few: it only bounds the size of a table.
    if ActivationRequest.objects.online().waiting(now).count() >= MAX_WAITING_REQUESTS:
        raise TooManyWaiting
    device_code = tokens.new_secret("rasd")
    for _attempt in range(5):
        try:
            with transaction.atomic():
                request = ActivationRequest.objects.create(
                    channel=Activation.Channel.ONLINE,
                    device_code_digest=tokens.digest(device_code),
                    user_code=tokens.new_user_code(),
                    key_hint=key_hint,
                    address=address,
                    **ActivationRequest.facts_of(installation, now),
                )
        except IntegrityError:  # this user code is taken
            continue
        return request, device_code
    raise RequestNotFound


@transaction.atomic
def hand_over(
    *, request: ActivationRequest, account: BusinessAccount, by: User, now: datetime
) -> None:
    """Ask the administrators to answer; the console keeps waiting for up to 24 hours.

    For members without the permission. Raises RequestAnswered, RequestNotFound, NotAllowed.
    """
    account = lock(account)
    acting(account, by, Permission.ACCOUNT_VIEW)
    current = _claimed(request, by, now)
    if current.handed_over_at:
        return
    current.account, current.handed_over_at = account, now
    current.expires_at = now + HAND_OVER_VALID_FOR
    waiting = ActivationRequest.objects.waiting(now).filter(pk=current.pk)
    moved = waiting.update(account=account, handed_over_at=now, expires_at=current.expires_at)
    if not moved:  # answered at the same time
        raise RequestAnswered
    audit.record(Event.REQUEST_HANDED_OVER, account=account, actor=by, now=now, subject=current)
    emails.approval_wanted(current, now=now)


@transaction.atomic
def approve(
    *,
    request: ActivationRequest,
    account: BusinessAccount,
    choice: ApprovalChoice,
    by: User,
    now: datetime,
    split_confirmed: bool = False,
) -> Activation:
    """Activate the instance. Its seat is taken now, and released if the console never collects.

    Raises NotAllowed, RequestNotFound, RequestAnswered, SplitNotConfirmed, and what
    `activations.begin`, `keys.cut` and `trials.start` raise: then nothing has changed.
    """
    account = lock(account)
    acting(account, by, LicensingPermission.LICENSES_MANAGE)
    current = _claimed(request, by, now)
    installation = current.installation
    if not split_confirmed and instance_accounts.would_split_instances(
        by=by, account=account, installation=installation
    ):
        raise SplitNotConfirmed
    instance = activations.known_instance(account=account, installation=installation, now=now)
    replacing = choice.replacing if choice.replacing != instance else None
    if replacing is not None and replacing.account_id != account.pk:
        raise KeyNotInAccount
    activation = activations.begin(
        key=_chosen_key(choice, account, instance, by, now),
        instance=instance,
        installation=installation,
        channel=current.channel,
        by=by,
        now=now,
        replacing=replacing,
    )
    _mark_approved(current, activation, by, now)
    activations.announce(activation, by=by, now=now, replaced=replacing)
    if current.channel == Activation.Channel.OFFLINE:
        _answer_file(current, activation, now)
    return activation


@transaction.atomic
def deny(*, request: ActivationRequest, by: User, now: datetime, disowned: bool = False) -> None:
    """Refuse the instance; `disowned` means that the person never asked for it ("This isn't mine").

    Raises RequestNotFound, RequestAnswered.
    """
    # The account first, as everywhere: the event needs it, and an approval takes the locks in this
    # order.
    known = ActivationRequest.objects.get(pk=request.pk)
    account = lock_account_of(known) if known.account_id else None
    current = _claimed(request, by, now)
    pending = ActivationRequest.objects.filter(pk=current.pk, account=account)
    if not pending.move(Status.DENIED, answered_by=by, answered_at=now, disowned=disowned):
        raise RequestAnswered
    if account is not None:
        audit.record(
            Event.REQUEST_DENIED,
            account=account,
            actor=by,
            now=now,
            subject=current,
            disowned=disowned,
        )


def may_answer(request: ActivationRequest, by: User) -> bool:
    """True for whoever entered the code first (anyone while it is unclaimed), as long as they
    belong to the account that the request was sent to or answered in; and for those who manage that
    account's licenses.
    """
    is_own = request.claimed_by_id == by.pk
    if request.account_id is None:
        return is_own or request.claimed_by_id is None
    membership = Membership.objects.active().filter(account=request.account_id, user=by).first()
    return membership is not None and (
        is_own or membership.may(LicensingPermission.LICENSES_MANAGE)
    )


def _claimed(request: ActivationRequest, by: User, now: datetime) -> ActivationRequest:
    """Reload the request and claim it for the first person who acts on it (RFC 8628 §5.4)."""
    ActivationRequest.objects.waiting(now).filter(pk=request.pk, claimed_by=None).update(
        claimed_by=by
    )
    current = ActivationRequest.objects.select_related("account", "claimed_by").get(pk=request.pk)
    if not may_answer(current, by):
        raise RequestNotFound
    if current.status != Status.PENDING or current.has_expired(now):
        raise RequestAnswered
    return current


def _mark_approved(
    request: ActivationRequest, activation: Activation, by: User, now: datetime
) -> None:
    """Mark it approved; the console gets a few minutes to collect, even if the request was about to
    expire.
    """
    pending = ActivationRequest.objects.filter(pk=request.pk)
    if not pending.move(
        Status.APPROVED,
        activation=activation,
        answered_by=by,
        answered_at=now,
        account=activation.instance.account,
        expires_at=max(request.expires_at, now + COLLECTION_WINDOW),
    ):
        raise RequestAnswered


def _chosen_key(
    choice: ApprovalChoice, account: BusinessAccount, instance: Instance, by: User, now: datetime
) -> Key:
    if choice.is_trial:
        return trials.start(instance=instance, by=by, now=now)
    if choice.cut_from is not None:
        license = choice.cut_from
        if license.account_id != account.pk:
            raise KeyNotInAccount
        name = _("Key for %(instance)s") % {"instance": instance.name}
        return keys.cut(license=license, reserved=choice.seats, name=name[:60], by=by, now=now)
    assert choice.key is not None
    key = Key.objects.live().of_account(account).filter(pk=choice.key.pk).first()
    if key is None:
        raise KeyNotInAccount
    return key


def _answer_file(request: ActivationRequest, activation: Activation, now: datetime) -> None:
    """Create the license file once; every later download returns the same bytes.

    An older token is removed: with it, a check-in could overwrite the license file.
    """
    Instance.objects.filter(pk=activation.instance_id).update(token_digest=None)
    document = issuing.issue(activation, now=now)
    ActivationRequest.objects.filter(pk=request.pk).move(
        Status.REDEEMED, redeemed_at=now, document=document
    )
    Activation.objects.filter(pk=activation.pk).update(collected_at=now)
