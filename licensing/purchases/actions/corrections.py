"""Correcting a mistyped primary email: staff only, and noted."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from accounts import audit
from accounts.audit.events import Event as AccountEvent
from accounts.directory.models import BusinessAccount, User
from accounts.errors import InvitationEnded
from accounts.identity.addresses import canonical_email
from accounts.membership.actions import vendor_invitations
from accounts.membership.actions.authority import lock_account_of, only_staff
from licensing.events import Event
from licensing.purchases.actions.pause import block_imports
from licensing.purchases.models import Buyer, Purchase


@transaction.atomic
def correct_email(
    *, purchase: Purchase, address: str, by: User, now: datetime, with_others: bool = False
) -> None:
    """Give a purchase the primary email that was meant; the account's invitation moves along.

    `with_others`: also to the account's other orders under the same wrong address. Raises
    InvalidEmail, NotAllowed, LimitReached, ImportRunning.
    """
    only_staff(by)
    email = canonical_email(address)
    block_imports()
    purchase.refresh_from_db()
    account = purchase.license.account
    if account is not None:
        account = lock_account_of(purchase.license)
        purchase.refresh_from_db()
    before = purchase.primary_email
    if email == before:
        return
    mistyped = [purchase, *(others(purchase) if with_others else ())]
    for each in mistyped:
        each.primary_email, each.primary_email_display = email, address.strip()
        each.save(update_fields=["primary_email", "primary_email_display"])
        if account is not None:
            _note(each, account, before, by, now)
    if account is None:
        return
    _know_buyer(before, email, account, now)
    wrong = account.invitations.open().filter(email=before, invited_by=None).first()
    if wrong is None:
        return
    wrong.revoked_at = now
    wrong.save(update_fields=["revoked_at"])
    audit.record(AccountEvent.INVITATION_REVOKED, account=account, actor=by, now=now, subject=wrong)
    try:
        vendor_invitations.invite_again(account=account, email=email, display=address, now=now)
    except InvitationEnded:
        return  # somebody administers it: the right address asks them, or is invited by them


def others(purchase: Purchase) -> QuerySet[Purchase]:
    """The account's other orders under the same address; none while no account has it."""
    account = purchase.license.account_id
    same = Purchase.objects.filter(primary_email=purchase.primary_email)
    found = same.filter(license__account=account, license__account__isnull=False)
    return found.exclude(pk=purchase.pk).order_by("pk")


def _note(
    purchase: Purchase, account: BusinessAccount, before: str, by: User, now: datetime
) -> None:
    audit.record(
        Event.PURCHASE_EMAIL_CORRECTED,
        account=account,
        actor=by,
        now=now,
        subject=purchase,
        before=before,
        after=purchase.primary_email,
    )


def _know_buyer(before: str, after: str, account: BusinessAccount, now: datetime) -> None:
    """Later purchases under the right address join the same account; and under the other one, too,
    while orders of the account still stand under it."""
    stays = Purchase.objects.filter(license__account=account, primary_email=before).exists()
    for buyer in Buyer.objects.filter(primary_email=before, account=account):
        if Buyer.objects.filter(primary_email=after, company_key=buyer.company_key).exists():
            continue
        if stays:
            buyer.pk, buyer.created_at = None, now
        buyer.primary_email = after
        buyer.save()
