"""Pages that cut, rename, reveal and revoke keys; one URL each."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import access
from accounts.access import MemberRequest
from accounts.sign_in.views.reauthentication import always, recent_proof
from licensing.licenses.actions import keys
from licensing.licenses.errors import NotEnoughSeats
from licensing.licenses.forms import CutKeyForm, KeyNameForm
from licensing.licenses.models import Key
from licensing.permissions import LicensingPermission


@access.requires(LicensingPermission.LICENSES_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def key_cut(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """Cut a key that reserves seats of a license."""
    licenses = request.membership.account.licenses.select_related("account")
    license = get_object_or_404(licenses, public_id=public_id)
    form = CutKeyForm(request.POST or None, left=license.seats_left)
    if request.method == "POST" and form.is_valid():
        try:
            key = keys.cut(
                license=license,
                name=form.cleaned_data["name"],
                reserved=form.cleaned_data["seats"],
                by=request.user,
                now=timezone.now(),
            )
        except NotEnoughSeats as refusal:  # someone else was faster
            form.add_error("seats", str(refusal))
        else:
            messages.success(request, _("%(key)s was cut.") % {"key": key})
            return redirect(license)
    return render(request, "licensing/key_cut.html", {"form": form, "license": license})


@access.requires(LicensingPermission.LICENSES_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def key_rename(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """Give a key another name."""
    key = _key(request, public_id)
    form = KeyNameForm(request.POST or None, initial={"name": key.name})
    if request.method == "POST" and form.is_valid():
        keys.rename(key=key, name=form.cleaned_data["name"], by=request.user, now=timezone.now())
        messages.success(request, _("The key is now called %(key)s.") % {"key": key})
        return redirect(key.license)
    return render(request, "licensing/key_rename.html", {"form": form, "key": key})


@access.requires(LicensingPermission.LICENSES_MANAGE)
@require_POST
@recent_proof(always)
def key_reveal(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show the whole key, only on this page; viewing it is recorded (SPEC 4.2)."""
    key = _key(request, public_id)
    code = keys.reveal(key=key, by=request.user, now=timezone.now())
    return render(request, "licensing/key_reveal.html", {"key": key, "code": code})


@access.requires(LicensingPermission.LICENSES_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
@recent_proof(always)
def key_revoke(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """Ask once, then revoke a key; while instances run under it, say which to move first."""
    key, now = _key(request, public_id), timezone.now()
    if request.method == "POST" and not key.instances_live:
        successor = keys.revoke(key=key, by=request.user, now=now)
        sentence = _("%(key)s was revoked.")
        if successor is not None:
            sentence = _("%(key)s was revoked. The new primary key ends in …%(last_five)s.")
        messages.success(
            request, sentence % {"key": key, "last_five": successor and successor.last_five}
        )
        return redirect(key.license)
    instances = reverse("instance_list", kwargs={"slug": request.membership.account.slug})
    context = {
        "key": key,
        "running_url": f"{instances}?key={key.public_id}",
        "tokens": key.enrollment_tokens.usable(now).count(),
    }
    return render(request, "licensing/key_revoke.html", context)


def _key(request: MemberRequest, public_id: uuid.UUID) -> Key:
    """The account's live key, with its license."""
    here = Key.objects.live().select_related("license__account")
    return get_object_or_404(here, license__account=request.membership.account, public_id=public_id)
