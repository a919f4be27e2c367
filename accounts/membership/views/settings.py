"""The settings of a business account: its name, the two-step rule, joining by domain."""

from __future__ import annotations

from typing import Final

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts import access
from accounts.access import MemberRequest
from accounts.directory.models import BusinessAccount, User
from accounts.membership.actions import accounts
from accounts.membership.forms import SettingsForm
from accounts.permissions import Permission
from accounts.sign_in.views.reauthentication import recent_proof

_LOOKED_AT: Final = 200


def _lifts_two_step(request: MemberRequest) -> bool:
    return request.membership.account.require_two_step and not request.POST.get("require_two_step")


@access.requires(Permission.ACCOUNT_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
@recent_proof(_lifts_two_step)
def account_settings(request: MemberRequest) -> HttpResponse:
    """Show and change the settings. Lifting the two-step rule asks for a recent proof."""
    account, now = request.membership.account, timezone.now()
    has_two_step = access.has_second_step(request.membership)
    form = SettingsForm(
        request.POST or None,
        initial={
            "name": account.name,
            "require_two_step": account.require_two_step,
            "joinable_by_domain": account.joinable_by_domain,
        },
        has_two_step=has_two_step,
    )
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data
        with transaction.atomic():
            accounts.rename(account=account, name=wanted["name"], by=request.user, now=now)
            accounts.change_settings(
                account=account,
                require_two_step=wanted["require_two_step"],
                joinable_by_domain=wanted["joinable_by_domain"],
                by=request.user,
                now=now,
            )
        messages.success(request, _("The settings were saved."))
        return redirect("account_settings", slug=account.slug)
    context = {
        "form": form,
        "account": account,
        "has_two_step": has_two_step,
        "two_step_hint": _two_step_hint(account),
        "joining_hint": _joining_hint(request.user),
    }
    return render(request, "accounts/account_settings.html", context)


def _two_step_hint(account: BusinessAccount) -> str:
    """What the rule means here: how many members it sends to set up two-step sign-in.

    Over two hundred members aren't looked at one by one: there, it says only what happens.
    """
    has_second_step = Exists(Authenticator.objects.filter(user=OuterRef("user")))
    members = account.memberships.active().order_by("listed_as", "pk")
    known = members.values_list(has_second_step, flat=True)[: _LOOKED_AT + 1]
    if len(known) > _LOOKED_AT:
        if account.require_two_step:
            return _("Members who haven't set it up yet are asked to on their next visit.")
        return _(
            "If you turn this on, members who haven't set it up yet have to on their next visit."
        )
    without = sum(not has_one for has_one in known)
    if not without:
        return _("Every member uses it already.")
    if account.require_two_step:
        text = ngettext(
            "%(count)d member hasn't set it up yet, and is asked to on the next visit.",
            "%(count)d members haven't set it up yet, and are asked to on their next visit.",
            without,
        )
    else:
        text = ngettext(
            "If you turn this on, %(count)d member has to set it up on the next visit.",
            "If you turn this on, %(count)d members have to set it up on their next visit.",
            without,
        )
    return text % {"count": without}


def _joining_hint(user: User) -> str:
    return _(
        "Only people who confirm an address at an administrator's domain, like %(domain)s, "
        "can see that the account exists. An administrator answers each request."
    ) % {"domain": user.email_domain}
