"""Find my account: prove the mailbox, then tell everything that is true for it (SPEC 2.2)."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import limits
from accounts.limits import failures
from accounts.sign_in import mailbox_proof
from accounts.sign_in.forms.codes import MailedCodeForm
from accounts.sign_in.mailbox_proof import CodeCheck, Purpose
from accounts.sign_in.views import mailbox_code
from accounts.web.destinations import next_url, with_next
from onboarding.guide.actions import find as actions
from onboarding.guide.forms.find import FindForm
from onboarding.guide.reading import findings, journey
from onboarding.guide.rules.rule import RecommendationKind

_THEN = {"ask": "ask"}


@login_not_required
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponseBase:
    """First the email, then its code, then what was found: one address for all three."""
    now = timezone.now()
    if request.method == "POST":
        return _check_code(request, now) if "code" in request.POST else _take_email(request, now)
    wants_form = "another" in request.GET or "email" in request.GET
    pending = mailbox_proof.pending(request.session, Purpose.FIND)
    if pending and not wants_form:
        return _code_page(request, MailedCodeForm(), now)
    proven = mailbox_proof.proven(request.session, now)
    if proven and not wants_form:
        return _results(request, proven, now)
    given = request.GET.get("email", "")[:254]
    return _email_page(request, FindForm(initial={"email": given if given.isprintable() else ""}))


@login_not_required
@require_POST
def resend(request: HttpRequest) -> HttpResponseBase:
    """Send the code again, once a minute; codes that are on their way keep working."""
    now = timezone.now()
    pending = mailbox_proof.pending(request.session, Purpose.FIND)
    if pending is None:
        return _to(request, "find")
    if wait := 0 if pending.is_over(now) else pending.seconds_left(now):
        messages.info(request, mailbox_code.too_soon(wait))
        return _to(request, "find")
    if not limits.consume(request, action="find"):
        return limits.too_many(request)
    sent = _send(request, email=pending.email, display=pending.display, then=pending.then, now=now)
    mailbox_code.say(request, sent, pending.display)
    return _to(request, "find")


def _take_email(request: HttpRequest, now: datetime) -> HttpResponseBase:
    form = FindForm(request.POST)
    if not form.is_valid():
        return _email_page(request, form)
    if not limits.consume(request, action="find"):
        return limits.too_many(request)
    then = _THEN.get(request.POST.get("then", ""), "")
    _send(request, email=form.cleaned_data["email"], display=form.typed(), then=then, now=now)
    return _to(request, "find")


def _send(request: HttpRequest, *, email: str, display: str, then: str, now: datetime) -> bool:
    return mailbox_proof.send(
        request,
        Purpose.FIND,
        email=email,
        display=display,
        then=then,
        write=lambda code, end: actions.send_code(email=email, code=code, now=now, expires_at=end),
        now=now,
    )


def _check_code(request: HttpRequest, now: datetime) -> HttpResponseBase:
    pending = mailbox_proof.pending(request.session, Purpose.FIND)
    if pending is None:
        # Sent twice, or an old page: what this browser has proven stays proven.
        if mailbox_proof.proven(request.session, now) is None:
            messages.info(
                request, _("This browser hasn't requested a code. Enter your email to get one.")
            )
        return _to(request, "find")
    form = MailedCodeForm(request.POST)
    if not form.is_valid():
        return _code_page(request, form, now)
    if not limits.consume(request, action="code"):
        return limits.too_many(request)
    code = form.cleaned_data["code"]
    verdict = mailbox_proof.check(request, Purpose.FIND, code=code, now=now)
    if verdict is CodeCheck.RIGHT:
        mailbox_proof.prove(request, now=now)
        failures.forget(request)
        return _to(request, pending.then or "find")
    form.add_error("code", mailbox_code.refusal(request, Purpose.FIND, verdict))
    return _code_page(request, form, now)


def _email_page(request: HttpRequest, form: FindForm) -> HttpResponse:
    failures.count_errors(request, form)
    then = request.POST.get("then") or request.GET.get("then", "")
    context = journey.context(request, form=form, then=_THEN.get(then, ""))
    return render(request, "find/email.html", context)


def _code_page(request: HttpRequest, form: MailedCodeForm, now: datetime) -> HttpResponse:
    failures.count_errors(request, form)
    pending = mailbox_proof.pending(request.session, Purpose.FIND)
    context = journey.context(
        request,
        form=form,
        email=pending.display if pending else "",
        resend_in=0 if pending is None or pending.is_over(now) else pending.seconds_left(now),
    )
    return render(request, "find/code.html", context)


def _results(request: HttpRequest, proven: mailbox_proof.Proven, now: datetime) -> HttpResponse:
    found = findings.of(proven.email, now=now)
    if found.invitations or found.opened:
        kind = RecommendationKind.JOIN
    elif found.person:
        kind = RecommendationKind.SIGN_IN
    elif found.colleagues:
        kind = RecommendationKind.ASK_ADMIN
    else:
        kind = RecommendationKind.CREATE
    context = journey.context(
        request,
        found=found,
        email=proven.display,
        kind=kind,
        is_me=found.person is not None and found.person == request.user,
        onward=next_url(request) or reverse("account_list"),
        create_url="account_new" if request.user.is_authenticated else "account_signup",
    )
    return render(request, "find/results.html", context)


def _to(request: HttpRequest, name: str) -> HttpResponse:
    return redirect(with_next(reverse(name), next_url(request)))
