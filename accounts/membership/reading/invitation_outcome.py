"""What became of an invitation: one word for each, made from the facts of the row and its mail."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.directory.models import Membership
from accounts.membership.models import Invitation
from accounts.membership.models.invitation import InvitationQuerySet
from accounts.outbox.models import OutboxMail


class Fate(models.TextChoices):
    QUEUED = "queued", _("Waiting to be sent")
    SENT = "sent", _("Sent")
    DELIVERED = "delivered", _("Delivered")
    BOUNCED = "bounced", _("Bounced")
    FAILED = "failed", _("Couldn't be sent")
    SUSPENDED = "suspended", _("Suspended")
    EXPIRED = "expired", _("Expired")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    REVOKED = "revoked", _("Revoked")

    @property
    def kind(self) -> str:
        """The meaning it is shown with: good, notice, bad or quiet."""
        return _KINDS.get(self, "quiet")

    @property
    def needs_a_person(self) -> bool:
        """True when the invitation leads nowhere until someone does something."""
        return self in (Fate.BOUNCED, Fate.FAILED, Fate.SUSPENDED, Fate.EXPIRED)


_KINDS: Final = {
    Fate.DELIVERED: "good",
    Fate.ACCEPTED: "good",
    Fate.SUSPENDED: "notice",
    Fate.EXPIRED: "notice",
    Fate.BOUNCED: "bad",
    Fate.FAILED: "bad",
}
_OF_MAIL: Final = {
    OutboxMail.Status.QUEUED: Fate.QUEUED,
    OutboxMail.Status.SENDING: Fate.QUEUED,
    OutboxMail.Status.FAILED: Fate.FAILED,
    OutboxMail.Status.EXPIRED: Fate.FAILED,
    OutboxMail.Status.CANCELLED: Fate.FAILED,
    "delivered": Fate.DELIVERED,
    "bounced": Fate.BOUNCED,
}


def with_facts(invitations: InvitationQuerySet) -> InvitationQuerySet:
    """The same invitations, read so that `fate_of` needs no query of its own."""
    inviter = Membership.objects.active().filter(
        account=models.OuterRef("account"), user=models.OuterRef("invited_by")
    )
    return invitations.select_related("mail", "invited_by").annotate(
        inviter_role=models.Subquery(inviter.values("role")[:1])
    )


def fate_of(invitation: Invitation, now: datetime) -> Fate:
    """What became of an invitation that was read through `with_facts` (SPEC 4.1)."""
    if invitation.accepted_at:
        return Fate.ACCEPTED
    if invitation.declined_at:
        return Fate.DECLINED
    if invitation.revoked_at:
        return Fate.REVOKED
    if invitation.has_expired(now):
        return Fate.EXPIRED
    role: str | None = getattr(invitation, "inviter_role")  # noqa: B009 (an annotation)
    if not invitation.is_backed_by(role):
        return Fate.SUSPENDED
    if invitation.mail_due_at:
        return Fate.QUEUED
    return _OF_MAIL.get(invitation.mail.fate, Fate.SENT) if invitation.mail else Fate.SENT
