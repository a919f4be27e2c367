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
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import failures, limits
from accounts.destinations import next_url, with_next
from onboarding.actions import find as actions
from onboarding.forms.find import CodeForm, FindForm
from onboarding.guide.rule import Kind
from onboarding.views import findings, journey, mailbox_proof
from onboarding.views.mailbox_proof import Verdict

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
    pending = mailbox_proof.pending(request.session)
    if pending and not wants_form:
        return _code_page(request, CodeForm(), now)
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
    pending = mailbox_proof.pending(request.session)
    if pending is None:
        return _to(request, "find")
    wait = 0 if pending.is_over(now) else pending.seconds_left(now)
    if wait:
        text = ngettext(
            "A code is on its way. You can send another in %d second.",
            "A code is on its way. You can send another in %d seconds.",
            wait,
        )
        messages.info(request, text % wait)
        return _to(request, "find")
    if not limits.consume(request, action="find"):
        return limits.too_many(request)
    _send(request, email=pending.email, display=pending.display, then=pending.then, now=now)
    messages.success(request, _("We sent another code. Earlier ones still work."))
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


def _send(request: HttpRequest, *, email: str, display: str, then: str, now: datetime) -> None:
    """Mail a code, the same way for every address; over the limit of the address, silently not."""
    before = mailbox_proof.pending(request.session)
    is_repeated = (
        before is not None
        and before.email == email
        and before.then == then
        and not before.is_over(now)
        and before.seconds_left(now) > 0
    )
    if is_repeated:  # pressed twice: the first mail is on its way
        return
    code = mailbox_proof.new_code()
    mailbox_proof.begin(request.session, email=email, display=display, then=then, now=now)
    mailbox_proof.expect(request.session, code=code, now=now)
    if limits.consume(request, action="find_mail", key=email):
        end = now + mailbox_proof.CODE_VALID_FOR
        actions.send_code(email=email, code=code, now=now, expires_at=end)


def _check_code(request: HttpRequest, now: datetime) -> HttpResponseBase:
    pending = mailbox_proof.pending(request.session)
    if pending is None:
        # Sent twice, or an old page: what this browser has proven stays proven.
        if mailbox_proof.proven(request.session, now) is None:
            messages.info(request, _("This browser waits for no code. Enter your email for one."))
        return _to(request, "find")
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _code_page(request, form, now)
    if not limits.consume(request, action="code"):
        return limits.too_many(request)
    verdict = mailbox_proof.check(request.session, code=form.cleaned_data["code"], now=now)
    if verdict is Verdict.RIGHT:
        mailbox_proof.prove(request, now=now)
        failures.forget(request)
        return _to(request, pending.then or "find")
    form.add_error("code", _refusal(request, verdict))
    return _code_page(request, form, now)


def _refusal(request: HttpRequest, verdict: Verdict) -> str:
    pending = mailbox_proof.pending(request.session)
    if verdict is Verdict.ENDED or pending is None:
        return _("This code no longer works. Send a new one below.")
    left = mailbox_proof.TRIES - pending.tries
    return (
        ngettext(
            "That code isn't right. Compare it with the latest mail. You have %d try left.",
            "That code isn't right. Compare it with the latest mail. You have %d tries left.",
            left,
        )
        % left
    )


def _email_page(request: HttpRequest, form: FindForm) -> HttpResponse:
    failures.count_errors(request, form)
    then = request.POST.get("then") or request.GET.get("then", "")
    context = journey.context(request, form=form, then=_THEN.get(then, ""))
    return render(request, "find/email.html", context)


def _code_page(request: HttpRequest, form: CodeForm, now: datetime) -> HttpResponse:
    failures.count_errors(request, form)
    pending = mailbox_proof.pending(request.session)
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
        kind = Kind.JOIN
    elif found.person:
        kind = Kind.SIGN_IN
    elif found.colleagues:
        kind = Kind.ASK_ADMIN
    else:
        kind = Kind.CREATE
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
