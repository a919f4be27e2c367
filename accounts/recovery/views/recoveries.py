"""A lost second step: asking for help at sign-in, an administrator's start, and the stop."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import access, limits
from accounts.access import MemberRequest
from accounts.directory.models import User
from accounts.identity import tokens
from accounts.permissions import Permission
from accounts.recovery.actions import recoveries
from accounts.recovery.models import SecondStepRecovery
from accounts.sign_in.views.reauthentication import always, recent_proof
from accounts.sign_in.views.second_step import at_second_step, signing_in


@login_not_required
@at_second_step
@require_http_methods(["GET", "HEAD", "POST"])
def second_step_lost(request: HttpRequest) -> HttpResponseBase:
    """Who can help a person who has typed the password and lost the rest; POST asks them.

    Nobody reads here who the administrators are.
    """
    user = signing_in(request)
    if request.method == "POST" and recoveries.can_be_helped(user):
        if not limits.consume(request, action="lost", key=user.email):
            return limits.too_many(request)
        recoveries.ask(user=user, now=timezone.now())
        return render(request, "mfa/lost_asked.html")
    return render(request, "mfa/lost.html", {"can_be_helped": recoveries.can_be_helped(user)})


@access.requires(Permission.SECOND_STEP_RECOVER)
@require_http_methods(["GET", "HEAD", "POST"])
@recent_proof(always)
def member_recovery(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """Ask once, then start the recovery of a member's second step; while it runs, show it."""
    account = request.membership.account
    members = account.memberships.select_related("account", "user")
    member = get_object_or_404(members, public_id=public_id)
    if request.method == "POST":
        now = timezone.now()
        recoveries.start(account=account, user=member.user, by=request.user, now=now)
        messages.success(
            request,
            _("The recovery of %(member)s is running. Everyone concerned was notified by email.")
            % {"member": member.user},
        )
        return redirect("member_recovery", slug=account.slug, public_id=public_id)
    context = {
        "member": member,
        "recovery": member.user.recoveries.open().first(),
        "why_not": recoveries.why_not(account=account, user=member.user, by=request.user),
    }
    return render(request, "accounts/member_recovery.html", context)


@login_not_required
@require_safe
def recovery_page(request: HttpRequest, token: str) -> HttpResponse:
    """The page for everyone notified of a recovery. A GET changes nothing."""
    response = render(request, "accounts/recovery.html", {"recovery": _of_token(token)})
    # Not "no-referrer": browsers would post with `Origin: null`, which the CSRF check refuses.
    response["Referrer-Policy"] = "strict-origin"
    return response


@login_not_required
@require_POST
def recovery_stop(request: HttpRequest, token: str) -> HttpResponse:
    """Stop the recovery: the link in the mail is the proof."""
    recovery = _of_token(token)
    by = request.user if isinstance(request.user, User) else None
    recoveries.stop(recovery=recovery, by=by, now=timezone.now())
    return redirect(recovery)


def _of_token(token: str) -> SecondStepRecovery:
    found = SecondStepRecovery.objects.select_related("user", "started_by")
    return get_object_or_404(found, public_id=tokens.read_recovery_token(token))
