"""Which lane of the hash gate each page uses that checks or sets a password (SPEC 6)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest

from accounts import limits
from accounts.directory.models import User
from accounts.identity.addresses import InvalidEmail, canonical_email
from accounts.limits import hash_gate


def lane_of(request: HttpRequest) -> hash_gate.Lane | None:
    """The lane of a request that will hash, chosen before any lookup; None if it won't hash."""
    match = request.resolver_match
    if request.method != "POST" or match is None:
        return None
    choose = _DOORS.get(match.url_name or "")
    return choose(request) if choose else None


def lane_of_person(request: HttpRequest) -> hash_gate.Lane:
    """The reserved lane of a signed-in person; anonymous visitors share theirs."""
    user = request.user
    return hash_gate.kept(f"person {user.pk}") if isinstance(user, User) else hash_gate.ANONYMOUS


def _sign_in(request: HttpRequest) -> hash_gate.Lane:
    """A browser that this person has signed in with before has a lane of its own."""
    if not limits.knows_somebody(request):
        return hash_gate.ANONYMOUS
    try:
        email = canonical_email(request.POST.get("login", ""))
    except InvalidEmail:
        return hash_gate.ANONYMOUS
    mark = limits.known_browser(request, email)
    return hash_gate.kept(f"browser {mark}") if mark else hash_gate.ANONYMOUS


def _anonymous(request: HttpRequest) -> hash_gate.Lane:
    return hash_gate.ANONYMOUS


_DOORS: Final[dict[str, Callable[[HttpRequest], hash_gate.Lane]]] = {
    "account_login": _sign_in,
    "account_signup": _anonymous,
    "account_reauthenticate": lane_of_person,
    "account_change_password": lane_of_person,
    "account_set_password": lane_of_person,
}
