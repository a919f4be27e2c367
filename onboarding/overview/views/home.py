from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from accounts.access import memberships_of
from accounts.directory.models import User


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Signed out: Sign In (SPEC A20). Signed in: the only account, or the list of accounts.

    Staff who belong to no company are led to their desk.
    """
    if not isinstance(request.user, User):
        return redirect("account_login")
    memberships = memberships_of(request.user)
    if request.user.is_staff and not memberships:
        return redirect("staff_desk")
    active = [member for member in memberships if not member.blocked_at]
    if len(active) == 1:
        return redirect("account_overview", slug=active[0].account.slug)
    return redirect("account_list")
