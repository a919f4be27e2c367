"""Enrollment tokens: machines activate instances without a browser (SPEC 4.3)."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.contrib import messages
from django.db.models import Subquery
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import access
from accounts.access import MemberRequest
from accounts.directory.models import BusinessAccount
from accounts.permissions import Permission
from accounts.sign_in.views.reauthentication import always, recent_proof
from accounts.web.paging import first_page, read_key
from licensing.enrollment.actions import enrollment
from licensing.enrollment.errors import TokenAlreadyMade
from licensing.enrollment.forms import TokenForm
from licensing.enrollment.models import EnrollmentToken
from licensing.licenses.models import Key, License
from licensing.licenses.models.key import KeyQuerySet
from licensing.licenses.rules import releases
from licensing.permissions import LicensingPermission

MAX_KEYS_OFFERED: Final = 50  # keys in the form; a license's own page leads to the others


@dataclass(frozen=True)
class TokenRow:
    """One token in the list: whether it still works, and why not."""

    token: EnrollmentToken
    now: datetime

    @property
    def is_open(self) -> bool:
        return self._state[2]

    @property
    def meaning(self) -> str:
        return self._state[1]

    @property
    def word(self) -> str:
        return self._state[0]

    @property
    def _state(self) -> tuple[str, str, bool]:
        token = self.token
        if token.revoked_at:
            return _("Revoked"), "quiet", False
        if token.expires_at <= self.now:
            return _("Expired"), "quiet", False
        if token.key.revoked_at:
            return _("Its key was revoked"), "bad", True
        if not getattr(token, "maker_may", True):  # annotated
            return _("Its creator can no longer manage licenses"), "bad", True
        if token.uses >= token.uses_allowed:
            return _("Used up"), "quiet", True
        return _("Open"), "good", True


@access.requires(Permission.ACCOUNT_VIEW)
@require_safe
def token_list(request: MemberRequest) -> HttpResponse:
    """Every token, the newest first, with what it may still do; never its secret."""
    account, now = request.membership.account, timezone.now()
    after = read_key(request.GET.get("after", ""))
    tokens = EnrollmentToken.objects.filter(account=account).with_standing()
    rows = tokens.select_related("key__license", "created_by").order_by("-pk")
    if after:
        last = account.enrollment_tokens.filter(public_id=after)
        rows = rows.filter(pk__lt=Subquery(last.values("pk")))
    page = first_page(rows)
    context = {
        "lines": [TokenRow(token, now) for token in page.rows],
        "page": page,
        "after": after,
        "now": now,
    }
    return render(request, "licensing/enrollment_list.html", context)


@access.requires(LicensingPermission.LICENSES_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
@recent_proof(always)
def token_new(request: MemberRequest) -> HttpResponse:
    """Make a token. The answer to the POST is the one page that ever shows its secret."""
    account, now = request.membership.account, timezone.now()
    usable = _usable_keys(account, now)
    offered = list(_of_license(usable, request)[: MAX_KEYS_OFFERED + 1])
    form = TokenForm(
        request.POST or None,
        offered=offered[:MAX_KEYS_OFFERED],
        find=lambda public_id: usable.filter(public_id=public_id).first(),
    )
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        try:
            made = enrollment.make(
                account=account,
                key=chosen["key"],
                name=chosen["name"],
                uses=chosen["uses"],
                expires_at=now + timedelta(days=chosen["days"]),
                form_token=chosen["form_token"],
                by=request.user,
                now=now,
            )
        except (
            TokenAlreadyMade
        ) as refusal:  # two clicks, or the page that shows it was loaded again
            messages.warning(request, str(refusal))
            return redirect("enrollment_list", slug=account.slug)
        return _show(request, made)
    context = {"form": form, "offered": offered, "more": len(offered) > MAX_KEYS_OFFERED}
    return render(request, "licensing/enrollment_new.html", context)


@access.requires(LicensingPermission.LICENSES_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def token_revoke(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """Ask once, then end a token; what has enrolled with it keeps running."""
    account = request.membership.account
    tokens = account.enrollment_tokens.select_related("key", "account")
    token = get_object_or_404(tokens, public_id=public_id)
    if request.method == "POST":
        enrollment.revoke(token=token, by=request.user, now=timezone.now())
        messages.success(request, _("%(token)s was revoked.") % {"token": token})
        return redirect("enrollment_list", slug=account.slug)
    return render(request, "licensing/enrollment_revoke.html", {"token": token})


def _usable_keys(account: BusinessAccount, now: datetime) -> KeyQuerySet:
    """Keys under which any RAS instance can run now, the newest first; a trial is for one."""
    running = License.objects.usable_by_instances(now.date()).exclude(kind=License.Kind.TRIAL)
    return Key.objects.live().of_account(account).filter(license__in=running).order_by("-pk")


def _of_license(keys: KeyQuerySet, request: MemberRequest) -> KeyQuerySet:
    """The keys of one license only, when the person comes from its page."""
    license_id = read_key(request.GET.get("license", ""))
    return keys.filter(license__public_id=license_id) if license_id else keys


def _show(request: MemberRequest, made: enrollment.NewToken) -> HttpResponse:
    context = {"token": made.token, "secret": made.secret, "command": _command(made.secret)}
    return render(request, "licensing/enrollment_made.html", context)


def _command(secret: str) -> str:
    """What a script runs to activate one instance; its id is a fresh one."""
    facts = {
        "type": "ras_activation",
        "mode": "activate",
        "instance_id": str(uuid.uuid4()),
        "instance_name": "Farm One",
        "host": "ras1.example.com",
        "version": f"{max(releases.RELEASED_ON)}.0",
    }
    return " \\\n  ".join(
        [
            f"curl {settings.PORTAL_ORIGIN}/api/v1/activations",
            f"-H 'Authorization: Bearer {secret}'",
            "-H 'Content-Type: application/json'",
            f"-d '{json.dumps(facts)}'",
        ]
    )
