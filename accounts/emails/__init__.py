"""One function per email: each renders `templates/mail/<name>/` and hands it to the outbox.

Subjects carry names at most, and never a code. Names and other text of people are made safe
first: one line, bounded, nothing that a mail program would turn into a link.
"""

from accounts.emails.claims import claim_decided, claim_made, claim_objected
from accounts.emails.invitations import (
    invitation,
    invitation_declined,
    invitation_ends,
    join_requested,
)
from accounts.emails.members import (
    member_blocked,
    member_joined,
    member_removed,
    member_unblocked,
    role_changed,
)
from accounts.emails.recoveries import recovery_asked, recovery_ended, recovery_started
from accounts.emails.rendering import safe_line
from accounts.emails.security import Change, Origin, heading_of, security_notice
from accounts.emails.sign_in import address_code, from_allauth, mailbox_code, sign_up_code
from accounts.emails.support import support_message, support_receipt

__all__ = [
    "Change",
    "Origin",
    "address_code",
    "claim_decided",
    "claim_made",
    "claim_objected",
    "from_allauth",
    "heading_of",
    "invitation",
    "invitation_declined",
    "invitation_ends",
    "join_requested",
    "mailbox_code",
    "member_blocked",
    "member_joined",
    "member_removed",
    "member_unblocked",
    "recovery_asked",
    "recovery_ended",
    "recovery_started",
    "role_changed",
    "safe_line",
    "security_notice",
    "sign_up_code",
    "support_message",
    "support_receipt",
]
