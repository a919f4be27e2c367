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
# What still says one of them, and why.
_EXCEPTIONS: Final = {
    "accounts/permissions.py": "the name of a role, which is stored and shown",
    "accounts/directory/models/business_account.py": "columns: where it came from, its last digest",
    "accounts/admin.py": "shows these columns",
    "accounts/membership/forms.py": "tells members which mails they choose",
    "accounts/membership/actions/invitation_quota.py": "tells people what lifts the limit",
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
