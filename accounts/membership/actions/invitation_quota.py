"""How many invitations and business accounts may still come: counted from facts that nobody who
uses the portal can delete (mails, events), so revoking, renaming or leaving gives nothing back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext as _

from accounts.audit.events import Event
from accounts.audit.models import AuditEvent
from accounts.directory.models import BusinessAccount, User
from accounts.errors import LimitReached
from accounts.outbox.models import OutboxMail
from accounts.signals import vouching

MAX_INVITATIONS_PER_ACCOUNT_A_DAY: Final = 100
PER_NEW_ACCOUNT: Final = 20
PER_INVITER: Final = 100
MAX_INVITATIONS_PER_RECIPIENT_A_DAY: Final = 5
NEW_ACCOUNTS_PER_PERSON: Final = 5
_DAY: Final = timedelta(days=1)
_SENT: Final = (Event.INVITATION_SENT, Event.INVITATION_RESENT)


class InvitationQuota:
    """100 a day for a business account and for an inviter over all accounts, 5 a day for a
    recipient over all accounts (SPEC 5); 20 for an account that is younger than a day, unless the
    vendor opened it or knows it (SPEC 6). `by` is None for the vendor."""

    def __init__(self, *, account: BusinessAccount, by: User | None, now: datetime) -> None:
        since = now - _DAY
        self._recent = OutboxMail.objects.filter(kind="invitation", created_at__gt=since)
        self._is_new = by is not None and account.created_at > since and not _is_known(account)
        limit = PER_NEW_ACCOUNT if self._is_new else MAX_INVITATIONS_PER_ACCOUNT_A_DAY
        self._left = limit - self._recent.filter(account=account).count()
        self._inviters_left = PER_INVITER
        if by is not None:
            # Whoever invites for two accounts at once counts once after the other.
            User.objects.select_for_update(no_key=True).get(pk=by.pk)
            sent = AuditEvent.objects.filter(actor=by, event__in=_SENT, created_at__gt=since)
            self._inviters_left -= sent.count()

    def refusal(self, email: str) -> str | None:
        """Why no invitation may go to `email` now, or None."""
        if self._left <= 0 and self._is_new:
            return _(
                "A new account can send 20 invitations on its first day. Add a license you "
                "bought, or try again tomorrow."
            )
        if self._left <= 0:
            return _("The account has sent 100 invitations in 24 hours. Try again tomorrow.")
        if self._inviters_left <= 0:
            return _("You've sent 100 invitations in 24 hours. Try again tomorrow.")
        if self._recent.filter(to=email).count() >= MAX_INVITATIONS_PER_RECIPIENT_A_DAY:
            return _("This address was sent 5 invitations in 24 hours. Try again tomorrow.")
        return None

    def use(self, email: str) -> None:
        """Count one invitation that goes out now."""
        self._left -= 1
        self._inviters_left -= 1


def check_new_account(*, by: User, now: datetime) -> None:
    """Raise LimitReached after 5 business accounts of a person in a day (SPEC 5)."""
    made = AuditEvent.objects.filter(
        actor=by, event=Event.ACCOUNT_CREATED, created_at__gt=now - _DAY
    )
    if made.count() >= NEW_ACCOUNTS_PER_PERSON:
        raise LimitReached(
            _("You've created 5 business accounts in 24 hours. Try again tomorrow, or ask support.")
        )


def _is_known(account: BusinessAccount) -> bool:
    if account.is_vendors:
        return True
    return any(answer for _by, answer in vouching.send(BusinessAccount, account=account))
