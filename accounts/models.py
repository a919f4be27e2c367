"""Where Django finds the models; everybody else imports them from their room."""

from accounts.audit.models import AuditEvent
from accounts.deferred.models import Errand
from accounts.directory.models import BusinessAccount, Membership, User
from accounts.limits.models import Tally
from accounts.membership.models import Claim, Invitation, JoinRequest
from accounts.outbox.models import OutboxMail
from accounts.recovery.models import SecondStepRecovery
from accounts.support.models import SupportMessage

__all__ = [
    "AuditEvent",
    "BusinessAccount",
    "Claim",
    "Errand",
    "Invitation",
    "JoinRequest",
    "Membership",
    "OutboxMail",
    "SecondStepRecovery",
    "SupportMessage",
    "Tally",
    "User",
]
