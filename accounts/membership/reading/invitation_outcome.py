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


class InvitationOutcome(models.TextChoices):
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
        return self in (
            InvitationOutcome.BOUNCED,
            InvitationOutcome.FAILED,
            InvitationOutcome.SUSPENDED,
            InvitationOutcome.EXPIRED,
        )


_KINDS: Final = {
    InvitationOutcome.DELIVERED: "good",
    InvitationOutcome.ACCEPTED: "good",
    InvitationOutcome.SUSPENDED: "notice",
    InvitationOutcome.EXPIRED: "notice",
    InvitationOutcome.BOUNCED: "bad",
    InvitationOutcome.FAILED: "bad",
}
_OF_MAIL: Final = {
    OutboxMail.Status.QUEUED: InvitationOutcome.QUEUED,
    OutboxMail.Status.SENDING: InvitationOutcome.QUEUED,
    OutboxMail.Status.FAILED: InvitationOutcome.FAILED,
    OutboxMail.Status.EXPIRED: InvitationOutcome.FAILED,
    OutboxMail.Status.CANCELLED: InvitationOutcome.FAILED,
    "delivered": InvitationOutcome.DELIVERED,
    "bounced": InvitationOutcome.BOUNCED,
}


def with_outcome_facts(invitations: InvitationQuerySet) -> InvitationQuerySet:
    """The same invitations, read so that `outcome_of` needs no query of its own."""
    inviter = Membership.objects.active().filter(
        account=models.OuterRef("account"), user=models.OuterRef("invited_by")
    )
    return invitations.select_related("mail", "invited_by").annotate(
        inviter_role=models.Subquery(inviter.values("role")[:1])
    )


def outcome_of(invitation: Invitation, now: datetime) -> InvitationOutcome:
    """What became of an invitation that was read through `with_outcome_facts` (SPEC 4.1)."""
    if invitation.accepted_at:
        return InvitationOutcome.ACCEPTED
    if invitation.declined_at:
        return InvitationOutcome.DECLINED
    if invitation.revoked_at:
        return InvitationOutcome.REVOKED
    if invitation.has_expired(now):
        return InvitationOutcome.EXPIRED
    role: str | None = getattr(invitation, "inviter_role")  # noqa: B009 (an annotation)
    if not invitation.inviter_may_grant(role):
        return InvitationOutcome.SUSPENDED
    if invitation.mail_due_at:
        return InvitationOutcome.QUEUED
    return (
        _OF_MAIL.get(invitation.mail.outcome, InvitationOutcome.SENT)
        if invitation.mail
        else InvitationOutcome.SENT
    )
