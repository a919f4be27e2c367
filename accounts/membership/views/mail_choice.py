"""Which mails a member gets from a business account."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import access
from accounts.access import MemberRequest
from accounts.membership.actions import members
from accounts.membership.forms import MailChoiceForm
from accounts.permissions import Permission


@access.requires(Permission.ACCOUNT_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def mail_choice(request: MemberRequest) -> HttpResponse:
    """Turn mails that only remind on or off, for oneself."""
    membership = request.membership
    initial = {"wants_reminders": membership.wants_reminders}
    form = MailChoiceForm(request.POST or None, initial=initial)
    if request.method == "POST":
        wanted = request.POST.get("wants_reminders") == "on"
        members.choose_mails(membership=membership, wants_reminders=wanted)
        messages.success(request, _("Your choice was saved."))
        return redirect("mail_choice", slug=membership.account.slug)
    return render(request, "accounts/mail_choice.html", {"form": form})
