"""What is known of a company, read once: the page, its troubles and its summary are made of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.audit.models import AuditEvent
from accounts.directory.models import BusinessAccount, Membership
from accounts.membership.models import Claim, Invitation
from accounts.membership.models.claim import ClaimState
from accounts.membership.reading.invitation_outcome import InvitationOutcome
from accounts.outbox.models import OutboxMail
from accounts.permissions import Role
from licensing.licenses.models import Instance
from licensing.licenses.reading.license_states import LicenseRow
from licensing.purchases.models import Purchase
from onboarding.support.models import SupportMessage


@dataclass(frozen=True)
class Story:
    """Each list begins with what is newest, and ends where the page does."""

    account: BusinessAccount
    now: datetime
    members: list[Membership]
    invitations: list[tuple[Invitation, InvitationOutcome]]
    claims: list[tuple[Claim, ClaimState]]
    messages: list[SupportMessage]
    purchases: list[Purchase]
    licenses: list[LicenseRow]
    instances: list[Instance]
    mails: list[OutboxMail]
    events: list[tuple[AuditEvent, list[str]]]

    @property
    def has_administrator(self) -> bool:
        """True when somebody can act for the company: signed in, and not kept out."""
        return any(
            member.role == Role.ADMINISTRATOR and not member.blocked_at and member.user.is_active
            for member in self.members
        )

    @property
    def open_invitations(self) -> list[tuple[Invitation, InvitationOutcome]]:
        return [pair for pair in self.invitations if pair[0].is_open]

    @property
    def ended_invitations(self) -> list[tuple[Invitation, InvitationOutcome]]:
        return [pair for pair in self.invitations if not pair[0].is_open]

    @property
    def waiting_messages(self) -> list[SupportMessage]:
        return [message for message in self.messages if not message.answered_at]

    @property
    def answered_messages(self) -> list[SupportMessage]:
        return [message for message in self.messages if message.answered_at]

    def figures(self, *, at_most: int) -> list[tuple[str, str]]:
        """What there is of each, and its name; a list of `at_most` may go on."""
        counts = (
            (len(self.members), _("members")),
            (len(self.open_invitations), _("open invitations")),
            (sum(line.status.is_usable for line in self.licenses), _("licenses that run")),
            (len(self.instances), _("instances")),
        )
        return [(f"{count}+" if count >= at_most else str(count), name) for count, name in counts]
