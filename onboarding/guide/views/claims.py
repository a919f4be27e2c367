"""When the only administrator is gone: claiming an account, and objecting to that."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import limits
from accounts.directory.models import BusinessAccount, Membership, User
from accounts.identity import tokens
from accounts.membership.actions import claims
from accounts.membership.models import Claim
from accounts.permissions import Permission
from licensing.purchases.models import Purchase
from onboarding.guide.forms.claims import ClaimForm
from onboarding.guide.reading import findings

_MAX_TOLD: Final = 20  # primary emails; a company has few


@require_http_methods(["GET", "HEAD", "POST"])
def claim_new(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Claim an account: for its members, and for colleagues at its domain with a proven mailbox."""
    user, now = _person(request), timezone.now()
    account = _claimable(user, slug)
    mine = account.claims.filter(user=user, withdrawn_at=None).order_by("-pk").first()
    if mine is not None and request.method != "POST":
        context = {"claim": mine, "account": account, "state": mine.state(now)}
        return render(request, "claims/mine.html", context)
    form = ClaimForm(request.POST or None)
    if not form.is_valid():
        return render(request, "claims/new.html", {"form": form, "account": account})
    if not limits.consume(request, action="ask", key=user.email):
        return limits.too_many(request)
    bought = Purchase.objects.filter(license__account=account)
    claims.make(
        account=account,
        by=user,
        reason=form.cleaned_data["reason"],
        also_tell=bought.values_list("primary_email", flat=True).distinct()[:_MAX_TOLD],
        now=now,
    )
    return redirect("claim_new", slug=slug)


@require_POST
def claim_withdraw(request: HttpRequest, slug: str) -> HttpResponse:
    """Take one's own claim back."""
    user = _person(request)
    claim = get_object_or_404(Claim.objects.open(), account__slug=slug, user=user)
    claims.withdraw(claim=claim, by=user, now=timezone.now())
    messages.success(request, _("Your claim was withdrawn."))
    return redirect("claim_new", slug=slug)


@login_not_required
@require_safe
def claim_page(request: HttpRequest, token: str) -> HttpResponse:
    """The page for people notified of a claim: by whom, why, until when. A GET changes nothing."""
    claim = _of_token(token)
    context = {"claim": claim, "account": claim.account, "state": claim.state(timezone.now())}
    response = render(request, "claims/claim.html", context)
    response["Referrer-Policy"] = "strict-origin"
    return response


@login_not_required
@require_POST
def claim_object(request: HttpRequest, token: str) -> HttpResponse:
    """End the claim: the link in the mail is the proof."""
    claim = _of_token(token)
    by = request.user if isinstance(request.user, User) else None
    claims.object_to(claim=claim, by=by, now=timezone.now())
    return redirect("claim", token=token)


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User), "LoginRequiredMiddleware lets nobody else in"
    return request.user


def _claimable(user: User, slug: str) -> BusinessAccount:
    """The account, when this person may claim it; 404 for everybody else, as if it weren't there.

    Administrators have nothing to claim; blocked members were kept out on purpose.
    """
    membership = Membership.objects.filter(user=user, account__slug=slug).first()
    if membership is not None:
        if membership.blocked_at or membership.may(Permission.ACCOUNT_MANAGE):
            raise Http404
        return membership.account
    return get_object_or_404(findings.accounts_of_colleagues(user.email), slug=slug)


def _of_token(token: str) -> Claim:
    claims_told = Claim.objects.select_related("account", "user")
    return get_object_or_404(claims_told, public_id=tokens.read_claim_token(token))
