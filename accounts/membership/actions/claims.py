"""The only administrator is gone: claiming an account, with notice and time to object."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from accounts import audit
from accounts.audit.events import Event
from accounts.directory.models import BusinessAccount, Membership, User
from accounts.errors import ClaimAlreadyOpen, ClaimEnded, NotAllowed
from accounts.membership import emails
from accounts.membership.actions.authority import acting, lock, only_staff
from accounts.membership.models import Claim
from accounts.membership.models.claim import OBJECTION_PERIOD
from accounts.permissions import Permission, Role


@transaction.atomic
def make(
    *,
    account: BusinessAccount,
    by: User,
    reason: str,
    also_tell: Iterable[str] = (),
    now: datetime,
) -> Claim:
    """Claim the account; every administrator and the addresses `also_tell` are told.

    An open claim of the same person is returned as it is. Raises ClaimAlreadyOpen when another
    person's is open, NotAllowed for an administrator.
    """
    account = lock(account)
    if _is_administrator(account, by):
        raise NotAllowed
    if earlier := account.claims.open().first():
        if earlier.user_id == by.pk:
            return earlier
        raise ClaimAlreadyOpen
    claim = Claim.objects.create(
        account=account, user=by, reason=reason, created_at=now, object_until=now + OBJECTION_PERIOD
    )
    audit.record(Event.CLAIM_MADE, account=account, actor=by, now=now, subject=by)
    addresses = {*_administrators(account), *also_tell} - {by.email}
    emails.claim_made(claim, to=sorted(addresses), now=now)
    return claim


@transaction.atomic
def object_to(*, claim: Claim, by: User | None, now: datetime) -> None:
    """Say that the account isn't abandoned: the claim is over. The link in the mail is the proof,
    or the right to manage the account. Raises ClaimEnded."""
    account = lock(claim.account)
    _end(claim, objected_at=now, objected_by=by)
    audit.record(Event.CLAIM_OBJECTED, account=account, actor=by, now=now, subject=claim)
    emails.claim_objected(claim, now=now)


@transaction.atomic
def withdraw(*, claim: Claim, by: User, now: datetime) -> None:
    """Take one's own claim back. Raises NotAllowed, ClaimEnded."""
    account = lock(claim.account)
    if claim.user_id != by.pk:
        raise NotAllowed
    _end(claim, withdrawn_at=now)
    audit.record(Event.CLAIM_WITHDRAWN, account=account, actor=by, now=now, subject=claim)


@transaction.atomic
def decide(*, claim: Claim, granted: bool, by: User, now: datetime) -> None:
    """Staff decides: declines at any time, grants only when the time to object has passed.

    Granted: the claimant is an active administrator. Raises NotAllowed, ClaimEnded and
    ClaimAlreadyOpen.
    """
    account = lock(claim.account)
    only_staff(by)
    current = Claim.objects.select_related("user").get(pk=claim.pk)
    if granted and now < current.object_until:
        raise ClaimAlreadyOpen
    _end(current, decided_at=now, decided_by=by, granted=granted)
    if granted:
        Membership.objects.update_or_create(
            account=account,
            user=current.user,
            defaults={"role": Role.ADMINISTRATOR, "blocked_at": None},
            create_defaults={"role": Role.ADMINISTRATOR, "created_at": now},
        )
    event = Event.CLAIM_GRANTED if granted else Event.CLAIM_DECLINED
    audit.record(event, account=account, actor=by, now=now, subject=current)
    told = [*_administrators(account), current.user.email]
    emails.claim_decided(current, granted=granted, to=told, now=now)


def _end(claim: Claim, **facts: object) -> None:
    if not Claim.objects.open().filter(pk=claim.pk).update(**facts):
        raise ClaimEnded


def _administrators(account: BusinessAccount) -> list[str]:
    found = Membership.objects.active().administrators().filter(account=account)
    return list(found.order_by("pk").values_list("user__email", flat=True))


def _is_administrator(account: BusinessAccount, user: User) -> bool:
    try:
        acting(account, user, Permission.ACCOUNT_MANAGE)
    except NotAllowed:
        return False
    return True
