"""The page of the mailed code: at sign-up, and for one more address of a person (SPEC 4.1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from allauth.account import views as allauth_views
from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.account.stages import EmailVerificationStage, LoginStageController
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import limits
from accounts.directory.models import User
from accounts.errors import AddressTaken
from accounts.limits import failures
from accounts.sign_in import emails, mailbox_proof, session_renewal, sign_ups
from accounts.sign_in.actions import people
from accounts.sign_in.forms.codes import AnotherAddressForm, MailedCodeForm
from accounts.sign_in.forms.entrance import AddEmailForm
from accounts.sign_in.mailbox_proof import CodeCheck, Pending, Purpose
from accounts.sign_in.views import sign_up
from accounts.web.allauth_internals import (
    get_entrance_context_data,
    raise_if_reauthentication_required,
)
from accounts.web.destinations import next_url, with_next


def send_for_address(request: HttpRequest, email: str, display: str, *, now: datetime) -> bool:
    """Mail the code that adds an address to whoever is signed in; False when none went out."""
    return mailbox_proof.send(
        request,
        Purpose.ADD_EMAIL,
        email=email,
        display=display,
        then=str(request.user.pk),
        write=lambda code, end: emails.address_code(
            email=email, code=code, now=now, expires_at=end
        ),
        now=now,
    )


@login_not_required
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponseBase:
    """Type the mailed code."""
    now = timezone.now()
    pending = _pending(request, now)
    if pending is None:
        return _nothing_waits(request)
    form = MailedCodeForm(request.POST or None)
    if not form.is_valid():
        return _page(request, pending, now, verify_form=form)
    if not limits.consume(request, action="code"):
        return limits.too_many(request)
    purpose = _purpose(request)
    verdict = mailbox_proof.check(request, purpose, code=form.cleaned_data["code"], now=now)
    if verdict is not CodeCheck.RIGHT:
        form.add_error("code", refusal(request, purpose, verdict))
        return _page(request, pending, now, verify_form=form)
    if isinstance(request.user, User):
        return _add_address(request, request.user, pending)
    waiting = sign_ups.waiting(request.session, now)
    return sign_up.finish(request, waiting) if waiting else _nothing_waits(request)


@login_not_required
@require_POST
@transaction.atomic
def resend(request: HttpRequest) -> HttpResponseBase:
    """Send the code again, once a minute; codes that are on their way keep working."""
    now = timezone.now()
    pending = _pending(request, now)
    if pending is None:
        return _nothing_waits(request)
    if wait := 0 if pending.is_over(now) else pending.seconds_left(now):
        messages.info(request, too_soon(wait))
        return _again(request)
    if not limits.consume(request, action="code_request"):
        return limits.too_many(request)
    waiting = sign_ups.waiting(request.session, now)
    if waiting and not request.user.is_authenticated:
        sent = sign_up.send_code(request, waiting, now=now)
    else:
        sent = send_for_address(request, pending.email, pending.display, now=now)
    say(request, sent, pending.display)
    return _again(request)


@login_not_required
@require_POST
def change(request: HttpRequest) -> HttpResponseBase:
    """Use another address: a new sign-up, with a code of its own."""
    now = timezone.now()
    waiting = sign_ups.waiting(request.session, now)
    pending = _pending(request, now)
    if waiting is None or pending is None or request.user.is_authenticated:
        return _nothing_waits(request)
    form = AnotherAddressForm(request.POST)
    if not form.is_valid():
        return _page(request, pending, now, change_form=form)
    if not limits.consume(request, action="code_request"):
        return limits.too_many(request)
    another = replace(
        waiting,
        email=form.cleaned_data["email"],
        display=form.typed(),
        began_at=now.timestamp(),
    )
    if people.is_taken(another.email):
        return sign_up.taken(request, another)
    return sign_up.begin(request, another)


class EmailView(allauth_views.EmailView):
    """A person's addresses. One more is kept only once its code is typed."""

    def form_valid(self, form: AddEmailForm) -> HttpResponseBase:
        return self._send(form.cleaned_data["email"], form.typed_email())

    def _action_send(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        address = self._get_email_address(request)
        return self._send(address.email, address.email) if address else redirect("account_email")

    def _send(self, email: str, display: str) -> HttpResponseBase:
        raise_if_reauthentication_required(self.request, app="allauth.account")
        if not limits.consume(self.request, action="code_request"):
            return limits.too_many(self.request)
        with transaction.atomic():
            send_for_address(self.request, email, display, now=timezone.now())
        return redirect("account_email_verification_sent")


def too_soon(seconds: int) -> str:
    text = ngettext(
        "A code is on its way. You can send another in %d second.",
        "A code is on its way. You can send another in %d seconds.",
        seconds,
    )
    return text % seconds


def say(request: HttpRequest, sent: bool, display: str) -> None:
    """Say what became of *Send it again*."""
    if sent:
        text = _("We sent a new code to %(email)s. Earlier ones still work.")
        messages.success(request, text % {"email": display})
    else:
        text = _("We've just sent %(email)s several codes. Use the newest one.")
        messages.info(request, text % {"email": display})


def refusal(request: HttpRequest, purpose: Purpose, verdict: CodeCheck) -> str:
    """Why a typed code wasn't taken."""
    pending = mailbox_proof.pending(request.session, purpose)
    if verdict is CodeCheck.ENDED or pending is None:
        return _("This code no longer works. Send a new one below.")
    left = mailbox_proof.TRIES - pending.tries
    text = ngettext(
        "That code isn't right. Check the latest email. You have %d attempt left.",
        "That code isn't right. Check the latest email. You have %d attempts left.",
        left,
    )
    return text % left


def _purpose(request: HttpRequest) -> Purpose:
    return Purpose.ADD_EMAIL if request.user.is_authenticated else Purpose.SIGN_UP


def _pending(request: HttpRequest, now: datetime) -> Pending | None:
    """The code that this person, or this sign-up, waits for."""
    pending = mailbox_proof.pending(request.session, _purpose(request))
    if request.user.is_authenticated:
        return pending if pending and pending.then == str(request.user.pk) else None
    return pending if sign_ups.waiting(request.session, now) else None


def _add_address(request: HttpRequest, user: User, pending: Pending) -> HttpResponseBase:
    mailbox_proof.forget(request.session, Purpose.ADD_EMAIL)
    session_renewal.rise(request)
    people.release_unproven_address(email=pending.email)
    try:
        with transaction.atomic():
            address = EmailAddress(user=user, email=pending.email)
            added = get_adapter().confirm_email(request, address)
    except IntegrityError:  # somebody else has proven it meanwhile
        added = False
    if not added:
        messages.error(request, str(AddressTaken()))
    return redirect(next_url(request) or "account_email")


def _nothing_waits(request: HttpRequest) -> HttpResponseBase:
    if request.user.is_authenticated:
        return redirect("account_email")
    if stage := LoginStageController.enter(request, EmailVerificationStage.key):
        stage.abort()  # of an earlier release: nobody signs in without a proven mailbox
    return redirect(with_next(reverse("account_login"), next_url(request)))


def _again(request: HttpRequest) -> HttpResponseBase:
    return redirect(with_next(reverse("account_email_verification_sent"), next_url(request)))


def _page(request: HttpRequest, pending: Pending, now: datetime, **forms: Any) -> HttpResponse:
    failures.count_errors(request, *forms.values())
    signed_in = request.user.is_authenticated
    context = {
        **get_entrance_context_data(request),
        "verify_form": MailedCodeForm(),
        "change_form": AnotherAddressForm(),
        "email": pending.display,
        "can_change": not signed_in,
        "can_resend": True,
        "cancel_url": reverse("account_email") if signed_in else None,
        "resend_in": 0 if pending.is_over(now) else pending.seconds_left(now),
        **forms,
    }
    return render(request, "account/confirm_email_verification_code.html", context)
