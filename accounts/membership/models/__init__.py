from accounts.membership.models.claim import Claim
from accounts.membership.models.invitation import Invitation
from accounts.membership.models.join_request import JoinRequest

__all__ = [
    "Claim",
    "Invitation",
    "JoinRequest",
]
