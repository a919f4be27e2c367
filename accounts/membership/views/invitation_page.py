"""The page behind an invitation's link (SPEC 4.1). Opening it never changes anything."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import limits
from accounts.access import MemberRequest
from accounts.directory.models import User
from accounts.errors import InvitationEnded
from accounts.identity import tokens
from accounts.limits import failures, hash_gate
from accounts.membership.actions import invitations, join_requests
from accounts.membership.models import Invitation
from accounts.permissions import Role
from accounts.sign_in import sign_ups
from accounts.sign_in.actions import people
from accounts.sign_in.forms.entrance import LoginForm, SignupForm
from accounts.sign_in.views import mailbox_code, sign_up
from accounts.sign_in.views.reauthentication import always, recent_proof
from accounts.web.destinations import next_url, with_next

InvitationView = Callable[[HttpRequest, Invitation], HttpResponseBase]


def _by_token(view: InvitationView) -> Callable[[HttpRequest, str], HttpResponseBase]:
    """Turn the link's token into its invitation, else 404; keep the token out of `Referer`."""

    @wraps(view)
    def found(request: HttpRequest, token: str) -> HttpResponseBase:
        response = view(request, _invitation(tokens.read_invitation_token(token)))
        # Not "no-referrer": browsers would post with `Origin: null`, which the CSRF check refuses.
        response["Referrer-Policy"] = "strict-origin"
        return response

    decorated = require_http_methods(["GET", "HEAD", "POST"])(found)
    return login_not_required(sensitive_post_parameters("password1")(decorated))


@_by_token
def page(request: HttpRequest, invitation: Invitation) -> HttpResponseBase:
    """Show the invitation; POST with `accept` or `decline` answers it."""
    user = request.user if isinstance(request.user, User) else None
    if invitation.accepted_at:
        return _accepted(request, invitation, user)
    if ended := _why_ended(invitation):
        return _show(request, invitation, f"invitation_{ended}.html", status=410)
    if request.method == "POST" and "decline" in request.POST:
        return _decline(request, invitation, user)
    if user is None:
        return _signed_out_page(request, invitation)
    if not invitations.has_proven(user, invitation.email):
        return _wrong_account(request, invitation)
    if request.method == "POST" and "accept" in request.POST:
        return _accept(request, invitation, user)
    return _show(request, invitation, "invitation.html")


@_by_token
def ask_again(request: HttpRequest, invitation: Invitation) -> HttpResponseBase:
    """Ask the administrators for a new invitation, once this one has ended by itself."""
    if request.method != "POST" or _why_ended(invitation) not in ("expired", "suspended"):
        return redirect(invitation)
    if not limits.consume(request, action="ask", key=invitation.email):
        return limits.too_many(request)
    join_requests.ask(
        account=invitation.account,
        email=invitation.email,
        email_display=invitation.email_display,
        name=invitation.email_display[:100],
        message=_("The earlier invitation has expired."),
        now=timezone.now(),
    )
    return _show(request, invitation, "invitation_asked.html")


@require_POST
@recent_proof(always)
def prove(request: MemberRequest, token: str) -> HttpResponseBase:
    """Add the invited address to the account of who is signed in: a code is mailed to it."""
    invitation = _invitation(tokens.read_invitation_token(token))
    if people.is_taken(invitation.email):
        return redirect(invitation)
    if not limits.consume(request, action="code_request"):
        return limits.too_many(request)
    mailbox_code.send_for_address(
        request, invitation.email, invitation.email_display, now=timezone.now()
    )
    return redirect(
        with_next(reverse("account_email_verification_sent"), invitation.get_absolute_url())
    )


def _invitation(public_id: uuid.UUID | None) -> Invitation:
    found = (
        Invitation.objects.select_related("account", "invited_by")
        .filter(public_id=public_id)
        .first()
        if public_id
        else None
    )
    if found is None:
        raise Http404(_("We don't know this invitation. Is the link complete?"))
    return found


def _why_ended(invitation: Invitation) -> str:
    """Why nobody can accept it: "revoked", "declined", "expired", "suspended", or ""."""
    if invitation.revoked_at:
        return "revoked"
    if invitation.declined_at:
        return "declined"
    if invitation.has_expired(timezone.now()):
        return "expired"
    return "suspended" if invitations.is_suspended(invitation) else ""


def _accepted(request: HttpRequest, invitation: Invitation, user: User | None) -> HttpResponseBase:
    if user and invitation.accepted_by_id == user.pk:
        return _into_account(request, invitation)
    return _show(request, invitation, "invitation_accepted.html")


def _accept(request: HttpRequest, invitation: Invitation, user: User) -> HttpResponseBase:
    try:
        invitations.accept(invitation=invitation, user=user, now=timezone.now())
    except InvitationEnded:  # somebody was faster: show the current state
        return redirect(_here(request, invitation))
    failures.forget(request)
    messages.success(request, _("You joined %(account)s.") % {"account": invitation.account.name})
    return _into_account(request, invitation)


def _wrong_account(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    failures.count(request, {"account": ["wrong"]})
    taken = people.is_taken(invitation.email)
    return _show(request, invitation, "invitation_wrong_account.html", taken=taken)


def _decline(request: HttpRequest, invitation: Invitation, user: User | None) -> HttpResponseBase:
    if user and not invitations.has_proven(user, invitation.email):
        return _wrong_account(request, invitation)
    try:
        invitations.decline(invitation=invitation, now=timezone.now())
    except InvitationEnded:
        return redirect(invitation)
    return _show(request, invitation, "invitation_declined.html")


def _signed_out_page(request: HttpRequest, invitation: Invitation) -> HttpResponseBase:
    """Signed out: ask for the password of an existing login, or a name and a new password."""
    if people.is_taken(invitation.email):
        form = LoginForm(request=request, initial={"login": invitation.email})
        return _show(request, invitation, "invitation.html", login_form=form)
    accepting = request.method == "POST" and "accept" in request.POST
    form = SignupForm(request.POST if accepting else None, fixed_email=invitation.email)
    if accepting and form.is_valid():
        # Before the transaction: whoever waits at the gate must not hold the database meanwhile.
        with hash_gate.through(hash_gate.kept(f"invitation {invitation.pk}")):
            return _sign_up_and_accept(request, invitation, form)
    failures.count_errors(request, form)
    return _show(request, invitation, "invitation.html", signup_form=form)


@transaction.atomic
def _sign_up_and_accept(
    request: HttpRequest, invitation: Invitation, form: SignupForm
) -> HttpResponseBase:
    # The link came by mail to this address, so opening it has proven the mailbox.
    asked = sign_ups.of_form(
        form.cleaned_data,
        display=invitation.email_display,
        next_url=_here(request, invitation),
        now=timezone.now(),
    )
    response = sign_up.finish(request, asked)
    user = request.user
    return _accept(request, invitation, user) if isinstance(user, User) else response


def _here(request: HttpRequest, invitation: Invitation) -> str:
    """This page, and where the person was going (SPEC 3: journeys lose nothing)."""
    return with_next(invitation.get_absolute_url(), next_url(request))


def _into_account(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """On with what the person was doing, else into the account."""
    return redirect(
        next_url(request) or reverse("account_overview", kwargs={"slug": invitation.account.slug})
    )


def _show(
    request: HttpRequest, invitation: Invitation, template: str, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {
        "invitation": invitation,
        "account": invitation.account,
        "role": Role(invitation.role),
        "here": _here(request, invitation),
        **more,
    }
    return render(request, f"accounts/{template}", context, status=status)
