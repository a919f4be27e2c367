"""A session gets a new id whenever more is trusted to it (ASVS 7.2.4).

A session id known or planted before sign-in must be worthless after it.
"""

from __future__ import annotations

from django.http import HttpRequest

from accounts.sign_in.actions import people


def rise(request: HttpRequest) -> None:
    """Continue under a new session id; the old cookie stops working, the entry in the session list
    stays."""
    before = request.session.session_key
    request.session.cycle_key()
    if before and request.user.is_authenticated:
        people.follow_session(before, request.session.session_key or "")
