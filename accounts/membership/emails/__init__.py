from accounts.membership.emails.claims import claim_decided, claim_made, claim_objected
from accounts.membership.emails.invitations import (
    invitation,
    invitation_declined,
    invitation_ends,
    join_requested,
)
from accounts.membership.emails.members import (
    member_blocked,
    member_joined,
    member_removed,
    member_unblocked,
    role_changed,
)

__all__ = [
    "claim_decided",
    "claim_made",
    "claim_objected",
    "invitation",
    "invitation_declined",
    "invitation_ends",
    "join_requested",
    "member_blocked",
    "member_joined",
    "member_removed",
    "member_unblocked",
    "role_changed",
]
