from accounts.directory.models.business_account import BusinessAccount
from accounts.directory.models.membership import Membership
from accounts.directory.models.user import User

__all__ = [
    "BusinessAccount",
    "Membership",
    "User",
]
