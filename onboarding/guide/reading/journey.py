"""What the pages of the journey share: their context, and facts from a proven mailbox."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from accounts.directory.models import User
from accounts.sign_in import mailbox_proof
from accounts.web.destinations import next_url, with_next
from onboarding.guide.reading import findings
from onboarding.guide.rules.facts import Company


def context(request: HttpRequest, **more: Any) -> dict[str, Any]:
    """The context of every page of the journey; these pages belong to the step “Check”."""
    return {
        "step": "check",
        "next_url": next_url(request),
        "another_url": with_next(reverse("find"), next_url(request), another="1"),
        # A partial swap moves the focus to the new heading; a full load starts on top.
        "focus_heading": bool(getattr(request, "htmx", False)),
        **more,
    }


def proven_address(request: HttpRequest, now: datetime) -> mailbox_proof.Proven | None:
    """The address that this browser speaks for: of the person signed in, or proven by a code."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None  # and no query is spent on finding that out
    if isinstance(request.user, User):
        return mailbox_proof.Proven(email=request.user.email, display=request.user.email_display)
    return mailbox_proof.proven(request.session, now)


def proven_facts(request: HttpRequest, now: datetime) -> dict[str, Any]:
    """Fields of `Facts` that only a proven mailbox may decide (SPEC 2.1, row 1)."""
    address = proven_address(request, now)
    if address is None:
        return {}
    found = findings.of(address.email, now=now)
    invitation = next(iter(found.invitations), None)
    opened = next(iter(found.opened), None)
    membership = next(iter(found.memberships), None)
    return {
        "proven_email": address.display,
        "signed_in": request.user.is_authenticated,
        "purchases": len(found.purchases),
        # Its invitation has ended; the page of what was found sends a new one.
        "pending_invitation": (
            Company(invitation.account.name, invitation.get_absolute_url())
            if invitation
            else opened and Company(opened.name, reverse("find"))
        ),
        "existing_membership": membership
        and Company(
            membership.account.name,
            reverse("account_overview", kwargs={"slug": membership.account.slug}),
        ),
    }
