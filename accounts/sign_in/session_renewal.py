"""A session gets a new id whenever more is trusted to it (ASVS 7.2.4).

What somebody knew or planted before a proof must not lead to what this browser may do after it.
"""

from __future__ import annotations

from django.http import HttpRequest

from accounts.sign_in.actions import people


def rise(request: HttpRequest) -> None:
    """Go on under a new session id; the old cookie is dead, the place on the list stays."""
    before = request.session.session_key
    request.session.cycle_key()
    if before and request.user.is_authenticated:
        people.follow_session(before, request.session.session_key or "")
