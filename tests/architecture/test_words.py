"""accounts speaks of people and companies: it has no words for what is above it (SPEC 6)."""

from __future__ import annotations

import re
from typing import Final

from tests.architecture import source

_WORDS: Final = re.compile(
    r"licen[sc]|purchase|subscription|trial|\bseats?\b|\bconsole|enrollment|activation_?request"
    r"|support_?message|digest_?due|digested|weekly digest|deferred_?task|\berrand\b",
    re.IGNORECASE,
)
_OF_VENDOR: Final = "the vendor invites the buyer: an invitation says why it came"
# What still says one of them, and why.
_EXCEPTIONS: Final = {
    "accounts/permissions.py": "the roles' names, what each allows, and the right in it",
    "accounts/directory/models/membership.py": "templates ask for that right; a choice of mails",
    "accounts/directory/models/business_account.py": "columns: where it came from, its last digest",
    "accounts/admin.py": "shows these columns",
    "accounts/membership/forms.py": "names the mails that can be chosen",
    "accounts/membership/actions/members.py": "names the mails that can be chosen",
    "accounts/membership/views/mail_choice.py": "names the mails that can be chosen",
    "accounts/membership/models/claim.py": "who is told of a claim",
    "accounts/membership/models/invitation.py": _OF_VENDOR,
    "accounts/membership/emails/invitations.py": _OF_VENDOR,
    "accounts/membership/actions/invitation_mails.py": _OF_VENDOR,
    "accounts/membership/actions/invitation_quota.py": _OF_VENDOR,
    "accounts/membership/actions/vendor_invitations.py": _OF_VENDOR,
    "accounts/tasks.py": _OF_VENDOR,
    "accounts/sign_in/views/staff.py": "the packages whose records the admin shows",
}


def test_accounts_has_no_words_of_what_is_above() -> None:
    speaking = {
        source.name(path): found
        for path in source.modules("accounts")
        if "migrations" not in path.parts
        and (found := sorted(set(_WORDS.findall(path.read_text("utf-8")))))
    }

    assert {name: found for name, found in speaking.items() if name not in _EXCEPTIONS} == {}
    assert set(_EXCEPTIONS) <= set(speaking), "an exception that nothing needs"
