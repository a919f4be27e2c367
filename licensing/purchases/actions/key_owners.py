"""For people who hold a key but don't belong to its account: its mailbox gets a mail, they learn
nothing."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.errors import InvitationEnded
from accounts.membership.actions import vendor_invitations
from licensing.purchases import emails
from licensing.purchases.models import Purchase


def purchase_of_key(code: str) -> Purchase | None:
    """The purchase that a canonical key was sold with, or cut from; None for an unknown key."""
    with_license = Purchase.objects.select_related("license__account")
    return with_license.filter(license__keys__code=code, license__keys__revoked_at=None).first()


def masked(email: str) -> str:
    """Enough of an address for its owner to recognize it: `j•••@acme.example`."""
    local, _at, domain = email.rpartition("@")
    return f"{local[:1]}•••@{domain}"


@transaction.atomic
def mail_key_owner(*, purchase: Purchase, now: datetime) -> None:
    """Mail the primary email of a purchase its way in: the invitation again, the sign-in, or how
    to make the account that the license waits for. Raises LimitReached."""
    account = purchase.license.account
    if account is None:
        emails.purchase_waits(purchase, now=now)
        return
    if account.memberships.active().with_address(purchase.primary_email).exists():
        emails.account_known(purchase, is_member=True, now=now)
        return
    try:
        vendor_invitations.invite_again(
            account=account,
            email=purchase.primary_email,
            display=purchase.primary_email_display,
            now=now,
        )
    except InvitationEnded:
        emails.account_known(purchase, is_member=False, now=now)
