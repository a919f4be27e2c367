"""Where Django finds the models; everybody else imports them from their room."""

from accounts.audit.models import AuditEvent
from accounts.deferred.models import DeferredTask
from accounts.directory.models import BusinessAccount, Membership, User
from accounts.limits.models import RateCounter
from accounts.membership.models import Claim, Invitation, JoinRequest
from accounts.outbox.models import OutboxMail
from accounts.recovery.models import SecondStepRecovery
from accounts.support.models import SupportMessage

__all__ = [
    "AuditEvent",
    "BusinessAccount",
    "Claim",
    "DeferredTask",
    "Invitation",
    "JoinRequest",
    "Membership",
    "OutboxMail",
    "RateCounter",
    "SecondStepRecovery",
    "SupportMessage",
    "User",
]
