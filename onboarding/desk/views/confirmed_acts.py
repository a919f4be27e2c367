"""What can't be taken back with a click: staff is asked once, on a page of its own."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.directory.models import User
from accounts.identity.addresses import InvalidEmail
from accounts.membership.actions import claims, staff
from accounts.membership.models import Claim
from accounts.outbox.models import OutboxMail
from accounts.sign_in.views.reauthentication import always, recent_proof
from accounts.sign_in.views.staff import staff_only
from licensing.purchases.actions import corrections
from licensing.purchases.models import Purchase
from onboarding.desk.forms import AddressForm
from onboarding.desk.views import return_path
from onboarding.desk.views.return_path import back, when_refused


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
@when_refused
def mail_cancel(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Ask once, then take a waiting mail back."""
    mail = get_object_or_404(OutboxMail.objects.select_related("account"), public_id=public_id)
    if request.method == "POST":
        staff.cancel_mail(mail=mail, by=return_path.staff(request), now=timezone.now())
        return back(request, _("The email to %s won't be sent.") % mail.to)
    return _ask(request, "staff/mail_cancel.html", mail=mail)


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
@recent_proof(always)
@when_refused
def person_disable(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask once, then keep a person from signing in."""
    person = get_object_or_404(User, pk=pk)
    if request.method == "POST":
        staff.disable(user=person, by=return_path.staff(request), now=timezone.now())
        return back(request, _("%s can no longer sign in.") % person)
    memberships = list(person.memberships.select_related("account").order_by("account__name", "pk"))
    return _ask(
        request,
        "staff/person_disable.html",
        person=person,
        memberships=memberships,
        alone_in=[each.account for each in memberships if each.is_last_administrator()],
    )


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
@recent_proof(always)
@when_refused
def claim_grant(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Ask once, then make the claimant an administrator."""
    claim = _claim(public_id)
    if request.method == "POST":
        claims.decide(claim=claim, granted=True, by=return_path.staff(request), now=timezone.now())
        return back(request, _("%s is now an administrator.") % claim.user)
    return _ask(request, "staff/claim_grant.html", claim=claim)


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
@when_refused
def claim_decline(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Ask once, then decline a claim."""
    claim = _claim(public_id)
    if request.method == "POST":
        claims.decide(claim=claim, granted=False, by=return_path.staff(request), now=timezone.now())
        return back(request, _("The claim of %s was declined.") % claim.user)
    return _ask(request, "staff/claim_decline.html", claim=claim)


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
@recent_proof(always)
@when_refused
def purchase_email(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Correct the primary email of a purchase: whoever it names may become an administrator."""
    purchase = get_object_or_404(
        Purchase.objects.select_related("license__account"), license__public_id=public_id
    )
    initial = {"email": purchase.primary_email_display, "others": True}
    form = AddressForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            corrections.correct_email(
                purchase=purchase,
                address=form.cleaned_data["email"],
                with_others=form.cleaned_data["others"],
                by=return_path.staff(request),
                now=timezone.now(),
            )
        except InvalidEmail as error:
            form.add_error("email", str(error))
        else:
            return back(request, _("The email of order %s was corrected.") % purchase)
    others = corrections.others(purchase).count()
    return _ask(request, "staff/purchase_email.html", form=form, purchase=purchase, others=others)


def _claim(public_id: uuid.UUID) -> Claim:
    claims_ = Claim.objects.select_related("account", "user")
    return get_object_or_404(claims_, public_id=public_id)


def _ask(request: HttpRequest, template: str, **context: object) -> HttpResponse:
    asked = {"back_url": return_path.came_from(request), "now": timezone.now(), **context}
    return render(request, template, asked)
