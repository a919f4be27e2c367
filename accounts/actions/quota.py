"""How many invitations may still go out: counted from the outbox, under the account's lock."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext as _

from accounts.models import BusinessAccount, OutboxMail

PER_ACCOUNT: Final = 100
PER_RECIPIENT: Final = 5
_DAY: Final = timedelta(days=1)


class InvitationQuota:
    """100 a day for a business account; 5 a day for a recipient over all accounts (SPEC 5)."""

    def __init__(self, *, account: BusinessAccount, now: datetime) -> None:
        self._recent = OutboxMail.objects.filter(kind="invitation", created_at__gt=now - _DAY)
        self._left = PER_ACCOUNT - self._recent.filter(account=account).count()

    def refusal(self, email: str) -> str | None:
        """Why no invitation may go to `email` now, or None."""
        if self._left <= 0:
            return _("The account has sent 100 invitations in 24 hours. Try again tomorrow.")
        if self._recent.filter(to=email).count() >= PER_RECIPIENT:
            return _("This address was sent 5 invitations in 24 hours. Try again tomorrow.")
        return None

    def use(self, email: str) -> None:
        """Count one invitation that goes out now."""
        self._left -= 1
