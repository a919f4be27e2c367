"""What staff can do, each at its own address; afterwards one is back where one came from."""

from __future__ import annotations

import uuid
from typing import cast
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actions import claims, staff
from accounts.destinations import is_ours
from accounts.identity import InvalidEmail
from accounts.models import Claim, Invitation, OutboxMail, SupportMessage, User
from accounts.views.staff import staff_only
from licensing.actions import purchase_corrections
from licensing.models import Purchase
from onboarding.forms.staff import AddressForm


@staff_only
@require_POST
def invitation_resend(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Mail an invitation again."""
    invitation = get_object_or_404(
        Invitation.objects.select_related("account"), public_id=public_id
    )
    staff.resend_invitation(invitation=invitation, by=_staff(request), now=timezone.now())
    return _back(request, _("The invitation to %s is on its way again.") % invitation)


@staff_only
@require_POST
def mail_try(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Let a waiting mail go out now."""
    mail = get_object_or_404(OutboxMail, public_id=public_id)
    staff.try_mail_now(mail=mail, by=_staff(request), now=timezone.now())
    return _back(request, _("The mail to %s is tried again now.") % mail.to)


@staff_only
@require_POST
def mail_cancel(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Take a waiting mail back."""
    mail = get_object_or_404(OutboxMail.objects.select_related("account"), public_id=public_id)
    staff.cancel_mail(mail=mail, by=_staff(request), now=timezone.now())
    return _back(request, _("The mail to %s won't go out.") % mail.to)


@staff_only
@require_POST
def claim_grant(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Make the claimant an administrator."""
    return _decide(request, public_id, granted=True)


@staff_only
@require_POST
def claim_decline(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Decline a claim."""
    return _decide(request, public_id, granted=False)


@staff_only
@require_POST
def sessions_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign a person out everywhere."""
    user = get_object_or_404(User, pk=pk)
    staff.end_sessions(user=user, by=_staff(request), now=timezone.now())
    return _back(request, _("%s is signed out everywhere.") % user)


@staff_only
@require_POST
def person_disable(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a person from signing in."""
    user = get_object_or_404(User, pk=pk)
    staff.disable(user=user, by=_staff(request), now=timezone.now())
    return _back(request, _("%s can't sign in any more.") % user)


@staff_only
@require_POST
def person_enable(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a person sign in again."""
    user = get_object_or_404(User, pk=pk)
    staff.enable(user=user, by=_staff(request), now=timezone.now())
    return _back(request, _("%s can sign in again.") % user)


@staff_only
@require_POST
def support_answered(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Take a message off the list."""
    message = get_object_or_404(SupportMessage, public_id=public_id)
    staff.note_answered(message=message, by=_staff(request), now=timezone.now())
    return _back(request, _("“%s” is answered.") % message)


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def purchase_email(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Correct the primary email of a purchase."""
    purchase = get_object_or_404(
        Purchase.objects.select_related("license__account"), license__public_id=public_id
    )
    form = AddressForm(request.POST or None, initial={"email": purchase.primary_email_display})
    if request.method == "POST" and form.is_valid():
        try:
            purchase_corrections.correct_email(
                purchase=purchase,
                address=form.cleaned_data["email"],
                by=_staff(request),
                now=timezone.now(),
            )
        except InvalidEmail as error:
            form.add_error("email", str(error))
        else:
            return _back(request, _("Order %s has its right email.") % purchase)
    return render(request, "staff/purchase_email.html", {"form": form, "purchase": purchase})


def _decide(request: HttpRequest, public_id: uuid.UUID, *, granted: bool) -> HttpResponse:
    claim = get_object_or_404(Claim.objects.select_related("account", "user"), public_id=public_id)
    claims.decide(claim=claim, granted=granted, by=_staff(request), now=timezone.now())
    text = _("%s is an administrator now.") if granted else _("The claim of %s is declined.")
    return _back(request, text % claim.user)


def _staff(request: HttpRequest) -> User:
    return cast(User, request.user)


def _back(request: HttpRequest, text: str) -> HttpResponse:
    """To the page one came from, with what happened."""
    messages.success(request, text)
    came_from = request.POST.get("next") or request.headers.get("Referer", "")
    parts = urlsplit(came_from)
    if is_ours(came_from) and parts.path != request.path:
        return redirect(parts.path + (f"?{parts.query}" if parts.query else ""))
    return redirect(reverse("staff_desk"))
