"""Joining an account that a purchase opened, when its invitation has ended (SPEC A12, 2.2)."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts import limits
from accounts.membership.actions import vendor_invitations
from accounts.web.destinations import next_url, with_next
from onboarding.guide.reading import findings, journey


@login_not_required
@require_POST
def join(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Send the invitation anew and open it: who is here has proven its mailbox."""
    now = timezone.now()
    proven = journey.proven_address(request, now)
    if proven is None:
        return redirect(with_next(reverse("find"), next_url(request)))
    opened = findings.of(proven.email, now=now).opened
    account = next((account for account in opened if account.slug == slug), None)
    if account is None:
        raise Http404
    if not limits.consume(request, action="find_join", key=proven.email):
        return limits.too_many(request)
    invitation = vendor_invitations.invite_again(
        account=account, email=proven.email, display=proven.display, now=now
    )
    return redirect(with_next(invitation.get_absolute_url(), next_url(request)))
