"""A person's business accounts, and naming a new one."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.models import EmailAddress
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import memberships_of
from accounts.directory.models import Membership, User
from accounts.errors import LimitReached
from accounts.membership.actions import accounts
from accounts.membership.forms import AccountNameForm
from accounts.membership.models import Invitation
from accounts.membership.reading.invitation_outcome import (
    InvitationOutcome,
    outcome_of,
    with_outcome_facts,
)
from accounts.web.destinations import is_ours, next_url, with_next


@require_safe
def account_list(request: HttpRequest) -> HttpResponse:
    """My business accounts; with none yet, what waits for me, or naming the first one.

    Staff who belong to no company go on to where they wanted to.
    """
    user = cast(User, request.user)
    memberships = _remember(request, memberships_of(user))
    waiting = _waiting_for(user, memberships)
    onward = next_url(request)
    if onward and (memberships or user.is_staff):
        return redirect(onward)
    if not memberships and not waiting:
        return redirect(with_next(reverse("account_new"), onward))
    return render(
        request,
        "accounts/account_list.html",
        {"memberships": memberships, "waiting": waiting, "next": onward},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def account_new(request: HttpRequest) -> HttpResponse:
    """Name a business account; what already waits for this person is offered first."""
    user = cast(User, request.user)
    form = AccountNameForm(request.POST or None, initial={"next": next_url(request)})
    if request.method == "POST" and form.is_valid():
        try:
            return _made(request, form.cleaned_data, user)
        except LimitReached as refusal:
            form.add_error("name", str(refusal))
    memberships = _remember(request, memberships_of(user))
    context = {
        "form": form,
        "waiting": _waiting_for(user, memberships),
        "memberships": memberships,
        "step": "" if memberships else "company",
    }
    return render(request, "accounts/account_new.html", context)


def _made(request: HttpRequest, cleaned: dict[str, Any], user: User) -> HttpResponse:
    made = accounts.create(name=cleaned["name"], by=user, now=timezone.now())
    messages.success(request, _("%(account)s is ready.") % {"account": made.account})
    onward = cleaned["next"]
    if is_ours(onward):
        return redirect(onward)
    return redirect("account_overview", slug=made.account.slug)


def _remember(request: HttpRequest, memberships: list[Membership]) -> list[Membership]:
    request.memberships = memberships  # type: ignore[attr-defined]  # read by the account switcher
    return memberships


def _waiting_for(user: User, memberships: list[Membership]) -> list[Invitation]:
    """Invitations this person can accept: for a proven address, to where they aren't yet."""
    now = timezone.now()
    proven = EmailAddress.objects.filter(user=user, verified=True).values("email")
    pending = (
        with_outcome_facts(Invitation.objects.pending(now))
        .filter(email__in=proven)
        .exclude(account__in=[membership.account_id for membership in memberships])
        .select_related("account", "mail", "invited_by")
        .order_by("account__name", "pk")
    )
    return [each for each in pending if outcome_of(each, now) is not InvitationOutcome.SUSPENDED]
