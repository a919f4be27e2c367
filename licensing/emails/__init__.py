"""One function per email about licenses and instances; each goes to the account's people.

Every event is mailed once: the act that causes it posts it, in its own transaction.
"""

from licensing.emails.instances import (
    approval_wanted,
    document_ends,
    instance_activated,
    seats_exceeded,
)
from licensing.emails.licenses import license_resumed, license_suspended, licenses_end
from licensing.emails.merging import merge_done, merge_proposed, merge_undone
from licensing.emails.purchases import account_known, purchase_waits

__all__ = [
    "account_known",
    "approval_wanted",
    "document_ends",
    "instance_activated",
    "license_resumed",
    "license_suspended",
    "licenses_end",
    "merge_done",
    "merge_proposed",
    "merge_undone",
    "purchase_waits",
    "seats_exceeded",
]
