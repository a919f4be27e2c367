"""Where Django finds the models; everybody else imports them from their room."""

from accounts.audit.models import AuditEvent
from accounts.directory.models import BusinessAccount, Membership, User
from accounts.limits.models import RateCounter
from accounts.membership.models import Claim, Invitation, JoinRequest
from accounts.outbox.models import OutboxMail
from accounts.recovery.models import SecondStepRecovery

__all__ = [
    "AuditEvent",
    "BusinessAccount",
    "Claim",
    "Invitation",
    "JoinRequest",
    "Membership",
    "OutboxMail",
    "RateCounter",
    "SecondStepRecovery",
    "User",
]
