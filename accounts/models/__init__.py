from accounts.models.audit import AuditEvent
from accounts.models.business_account import BusinessAccount
from accounts.models.claim import Claim
from accounts.models.email import OutboxMail
from accounts.models.errand import Errand
from accounts.models.invitation import Invitation
from accounts.models.join_request import JoinRequest
from accounts.models.membership import Membership
from accounts.models.recovery import SecondStepRecovery
from accounts.models.support_message import SupportMessage
from accounts.models.tally import Tally
from accounts.models.user import User

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
