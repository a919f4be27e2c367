"""Licenses bought online under a member's address that no account has yet (SPEC 2.2)."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import access
from accounts.access import MemberRequest
from licensing.permissions import LicensingPermission
from licensing.purchases.actions import unclaimed


@access.requires(LicensingPermission.LICENSES_MANAGE)
@require_safe
def waiting_list(request: MemberRequest) -> HttpResponse:
    """What waits for the person who is signed in, each to be added to this account."""
    found = unclaimed.of(request.user).select_related("license").order_by("pk")
    context = {"purchases": list(found[: unclaimed.MAX_AT_ONCE])}
    return render(request, "licensing/waiting_list.html", context)


@access.requires(LicensingPermission.LICENSES_MANAGE)
@require_POST
def waiting_add(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """Add one of them to this account."""
    account = request.membership.account
    purchase = get_object_or_404(
        unclaimed.of(request.user).select_related("license"),
        license__public_id=public_id,
    )
    unclaimed.attach(purchase=purchase, account=account, by=request.user, now=timezone.now())
    messages.success(
        request,
        _("%(license)s is now in %(account)s.") % {"license": purchase.license, "account": account},
    )
    return redirect("license", slug=account.slug, public_id=purchase.license.public_id)
