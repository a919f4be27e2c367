"""Support: the link, a reference, and a message that carries what support needs (SPEC A24)."""

from __future__ import annotations

import uuid
from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import limits
from accounts.access import memberships_of
from accounts.directory.models import User
from accounts.web.destinations import is_ours, next_url, with_next
from onboarding.guide.reading import journey
from onboarding.support.actions import support as actions
from onboarding.support.forms import REFERENCE, SupportForm


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def support(request: HttpRequest) -> HttpResponseBase:
    """The support link and the message form; what is sent goes out with its reference."""
    now = timezone.now()
    proven = journey.proven_address(request, now)
    if request.method != "POST":
        initial = {
            "email": proven.display if proven else "",
            "reference": _reference(request),
            "came_from": _route(request.headers.get("Referer", "")),
            "form_token": uuid.uuid4(),
        }
        return _page(request, SupportForm(initial=initial))
    form = SupportForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    if not limits.consume(request, action="support"):
        return limits.too_many(request)
    sent = form.cleaned_data
    reference = sent["reference"] or _reference(request)
    kept = actions.send(
        form_token=sent["form_token"],
        by=request.user if isinstance(request.user, User) else None,
        email=sent["email"],
        proven=proven is not None and proven.email == sent["email"],
        subject=sent["subject"],
        message=sent["message"],
        context=_context(request, came_from=sent["came_from"]),
        reference=reference,
        now=now,
    )
    query = {"reference": kept.reference}
    return redirect(with_next(reverse("support_sent"), next_url(request), **query))


@login_not_required
@require_safe
def sent(request: HttpRequest) -> HttpResponseBase:
    """The message is on its way: its reference, to keep."""
    context = journey.context(request, reference=_reference(request))
    return render(request, "support/sent.html", context)


def _page(request: HttpRequest, form: SupportForm) -> HttpResponseBase:
    reference = form["reference"].value() or ""
    context = journey.context(
        request,
        form=form,
        reference=reference if REFERENCE.fullmatch(reference) else _reference(request),
    )
    return render(request, "support/support.html", context)


def _reference(request: HttpRequest) -> str:
    """The reference of the page that led here, if its link named one, else of this request."""
    given = request.GET.get("reference", "")
    if REFERENCE.fullmatch(given):
        return given
    own: str = getattr(request, "id", "")
    return own


def _route(address: str) -> str:
    """Which page of ours an address is: its route, since paths and queries can carry secrets."""
    if not is_ours(address):
        return ""
    try:
        return "/" + resolve(urlsplit(address).path).route
    except Resolver404:
        return ""


def _context(request: HttpRequest, *, came_from: str) -> dict[str, str]:
    facts = {_("Page"): came_from}
    if isinstance(request.user, User):
        accounts = memberships_of(request.user)
        facts[_("Signed in as")] = request.user.email_display
        facts[_("Business accounts")] = ", ".join(
            f"{member.account.name} ({member.account.slug}, {member.get_role_display()})"
            for member in accounts[:5]
        )
    return {name: value for name, value in facts.items() if value}
