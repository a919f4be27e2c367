"""Correcting a mistyped primary email: staff only, and noted."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts import audit
from accounts.actions import vendor_invitations
from accounts.actions.authority import lock_home, only_staff
from accounts.errors import InvitationEnded
from accounts.events import Event
from accounts.identity import canonical_email
from accounts.models import User
from licensing.models import Buyer, Purchase


@transaction.atomic
def correct_email(*, purchase: Purchase, address: str, by: User, now: datetime) -> None:
    """Give a purchase the primary email that was meant; the account's invitation moves along.

    Raises InvalidEmail, NotAllowed, LimitReached.
    """
    only_staff(by)
    email = canonical_email(address)
    before = purchase.primary_email
    if email == before:
        return
    account = purchase.license.account
    if account is not None:
        account = lock_home(purchase.license)
    purchase.primary_email, purchase.primary_email_display = email, address.strip()
    purchase.save(update_fields=["primary_email", "primary_email_display"])
    if account is None:
        return
    _move_buyer(before, email, account.pk)
    audit.record(
        Event.PURCHASE_EMAIL_CORRECTED,
        account=account,
        actor=by,
        now=now,
        subject=purchase,
        before=before,
        after=email,
    )
    wrong = account.invitations.open().filter(email=before, invited_by=None).first()
    if wrong is None:
        return
    wrong.revoked_at = now
    wrong.save(update_fields=["revoked_at"])
    audit.record(Event.INVITATION_REVOKED, account=account, actor=by, now=now, subject=wrong)
    try:
        vendor_invitations.invite_again(account=account, email=email, display=address, now=now)
    except InvitationEnded:
        return  # somebody administers it: the right address asks them, or is invited by them


def _move_buyer(before: str, after: str, account: int) -> None:
    """Later purchases under the right address join the same account."""
    for buyer in Buyer.objects.filter(primary_email=before, account=account):
        taken = Buyer.objects.filter(primary_email=after, company_key=buyer.company_key)
        if not taken.exists():
            buyer.primary_email = after
            buyer.save(update_fields=["primary_email"])
