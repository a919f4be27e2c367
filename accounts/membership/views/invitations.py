"""Inviting people, and what administrators do with invitations that are out."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.db.models import Case, Q, Subquery, When
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts import access
from accounts.access import MemberRequest
from accounts.directory.models import BusinessAccount
from accounts.errors import InvitationRefused
from accounts.identity import typos
from accounts.membership.actions import corrections, invitations
from accounts.membership.actions.invitation_results import AddressOutcome, AddressResult
from accounts.membership.forms import CorrectionForm, InviteForm
from accounts.membership.models import Invitation
from accounts.membership.models.invitation import OPEN
from accounts.membership.reading.invitation_outcome import (
    InvitationOutcome,
    outcome_of,
    with_outcome_facts,
)
from accounts.permissions import Permission, Role
from accounts.sign_in.views.reauthentication import recent_proof
from accounts.web.paging import Page, first_page

# Fewer than members: both lists stand on one page, which has to stay light.
INVITATIONS_PER_PAGE: Final = 10


@dataclass(frozen=True)
class InvitationRow:
    """One invitation in the list: what became of it, and what can be done about it."""

    invitation: Invitation
    now: datetime

    @property
    def outcome(self) -> InvitationOutcome:
        return outcome_of(self.invitation, self.now)

    @property
    def is_undeliverable(self) -> bool:
        """True when the address is probably wrong: fixing it comes first."""
        return self.invitation.is_open and self.outcome in (
            InvitationOutcome.BOUNCED,
            InvitationOutcome.FAILED,
        )

    @property
    def note(self) -> str:
        """What is behind the outcome, where a person has to know."""
        mail = self.invitation.mail
        if (
            self.outcome in (InvitationOutcome.BOUNCED, InvitationOutcome.FAILED)
            and mail
            and mail.last_error
        ):
            return mail.last_error
        if self.outcome is InvitationOutcome.SUSPENDED:
            return _("%(name)s can no longer grant this role. Send it again in your own name.") % {
                "name": self.invitation.invited_by
            }
        return ""


@dataclass(frozen=True)
class InvitedAddress:
    """What became of one address of a bulk invitation, as the page shows it."""

    outcome: AddressResult

    @property
    def address(self) -> str:
        return self.outcome.address

    @property
    def message(self) -> str:
        return self.outcome.message

    @property
    def kind(self) -> str:
        if self.outcome.is_good:
            return "good"
        return "bad" if _has_failed(self.outcome) else "notice"


@access.requires(Permission.MEMBERS_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
@recent_proof(lambda request: request.POST.get("role") == Role.ADMINISTRATOR)
def member_invite(request: MemberRequest) -> HttpResponse:
    """Invite many at once; whatever couldn't go out stays in the box, with the reason."""
    account = request.membership.account
    if request.method != "POST":
        return _invite_page(request, **_earlier(request))
    form = InviteForm(request.POST)
    if not form.is_valid():
        return _invite_page(request, form=form)
    outcomes = invitations.send(
        account=account,
        addresses=form.cleaned_data["emails"],
        role=form.cleaned_data["role"],
        as_typed=form.cleaned_data["as_typed"],
        by=request.user,
        now=timezone.now(),
    )
    if all(outcome.is_good for outcome in outcomes):
        messages.success(request, _summary(outcomes))
        return redirect("member_list", slug=account.slug)
    request.session[_key(account)] = {
        "role": form.cleaned_data["role"],
        "outcomes": [asdict(each) | {"result": each.result.value} for each in outcomes],
    }
    return redirect("member_invite", slug=account.slug)


@access.requires(Permission.MEMBERS_MANAGE)
@require_POST
def invitation_resend(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """Mail the same link again, for 14 more days."""
    invitation = _invitation(request, public_id)
    invitations.resend(invitation=invitation, by=request.user, now=timezone.now())
    messages.success(
        request, _("We're sending the invitation to %(email)s again.") % {"email": invitation}
    )
    return redirect("member_list", slug=request.membership.account.slug)


@access.requires(Permission.MEMBERS_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def invitation_revoke(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """Ask once, then take an invitation back."""
    invitation = _invitation(request, public_id)
    if request.method == "POST":
        invitations.revoke(invitation=invitation, by=request.user, now=timezone.now())
        messages.success(
            request, _("The invitation to %(email)s was revoked.") % {"email": invitation}
        )
        return redirect("member_list", slug=request.membership.account.slug)
    return render(request, "accounts/revoke_invitation.html", {"revoked": invitation})


@access.requires(Permission.MEMBERS_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def invitation_correct(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """Fix the address of an invitation that can't arrive: one step, one field."""
    invitation = _invitation(request, public_id)
    likely = typos.suggestion(invitation.email, known=[request.user.email_domain])
    form = CorrectionForm(
        request.POST or None, initial={"email": likely or invitation.email_display}
    )
    if request.method == "POST" and form.is_valid():
        try:
            outcome = corrections.correct(
                invitation=invitation,
                address=form.cleaned_data["email"],
                by=request.user,
                now=timezone.now(),
            )
        except InvitationRefused as refusal:
            form.add_error("email", str(refusal))
        else:
            messages.success(request, _summary([outcome]))
            return redirect("member_list", slug=request.membership.account.slug)
    context = {"form": form, "corrected": invitation}
    return render(request, "accounts/correct_invitation.html", context)


def invitation_page(
    account: BusinessAccount, words: str, after: uuid.UUID | None
) -> Page[Invitation]:
    """10 invitations, open ones first, then the newest; one query for them and their outcomes."""
    ended = Case(When(OPEN, then=0), default=1)
    rows = with_outcome_facts(account.invitations.all()).annotate(ended=ended)
    if words:
        rows = rows.filter(Q(email__icontains=words) | Q(email_display__icontains=words))
    if after:
        last = account.invitations.filter(public_id=after)
        ended_there = Subquery(last.values(there=ended))
        behind = Q(ended=ended_there, pk__lt=Subquery(last.values("pk")))
        rows = rows.filter(Q(ended__gt=ended_there) | behind)
    return first_page(rows.order_by("ended", "-pk"), INVITATIONS_PER_PAGE)


def _invitation(request: MemberRequest, public_id: uuid.UUID) -> Invitation:
    ours = request.membership.account.invitations.select_related("account")
    return get_object_or_404(ours, public_id=public_id)


def _invite_page(
    request: MemberRequest,
    *,
    form: InviteForm | None = None,
    outcomes: list[AddressResult] | None = None,
) -> HttpResponse:
    role = request.GET.get("role", "")
    form = form or InviteForm(initial={"role": role if role in Role.values else Role.MEMBER})
    return render(
        request,
        "accounts/member_invite.html",
        {
            "form": form,
            "outcomes": [InvitedAddress(outcome) for outcome in outcomes or []],
            "doubtful": any(each.result is AddressOutcome.SUSPICIOUS for each in outcomes or []),
            "failed": sum(_has_failed(outcome) for outcome in outcomes or []),
            "went_out": sum(outcome.is_good for outcome in outcomes or []),
        },
    )


def _earlier(request: MemberRequest) -> dict[str, Any]:
    """The outcomes of what was just sent, shown once; what failed is back in the box."""
    stored = request.session.pop(_key(request.membership.account), None)
    if stored is None:
        return {}
    outcomes = [
        AddressResult(**each | {"result": AddressOutcome(each["result"])})
        for each in stored["outcomes"]
    ]
    failed = [each.address for each in outcomes if _has_failed(each)]
    form = InviteForm(initial={"role": stored["role"], "emails": "\n".join(failed)})
    return {"form": form, "outcomes": outcomes}


def _has_failed(outcome: AddressResult) -> bool:
    return not outcome.is_good and outcome.result is not AddressOutcome.ALREADY_MEMBER


def _key(account: BusinessAccount) -> str:
    return f"invite_outcomes_{account.pk}"


def _summary(outcomes: list[AddressResult]) -> str:
    if len(outcomes) == 1:
        return _("%(email)s was invited.") % {"email": outcomes[0].address}
    count = len(outcomes)
    return ngettext("%(count)d person was invited.", "%(count)d people were invited.", count) % {
        "count": count
    }
