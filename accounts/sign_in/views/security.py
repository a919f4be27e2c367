"""Pages that change how a person signs in: with a notice to every proven address, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from allauth.account import views as account_views
from allauth.account.models import EmailAddress
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import limits
from accounts.directory.models import User
from accounts.identity import tokens
from accounts.sign_in import emails
from accounts.sign_in.actions import security
from accounts.sign_in.views import mailbox_code, second_step
from accounts.templatetags.portal import with_email

View = Callable[..., HttpResponseBase]


def whole(view: View) -> View:
    """All that a POST does, its notices included, or nothing."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "POST":
            return view(request, *args, **kwargs)
        with transaction.atomic():
            return view(request, *args, **kwargs)

    return guarded


# allauth's pages, some of them ours; those that need a password stand in entrance.py.
_WHOLE: Final = (
    ("email/", mailbox_code.EmailView.as_view(), "account_email"),
    ("confirm-email/", mailbox_code.confirm, "account_email_verification_sent"),
    ("password/set/", account_views.password_set, "account_set_password"),
    ("2fa/authenticate/", second_step.AuthenticateView.as_view(), "mfa_authenticate"),
    ("2fa/", second_step.IndexView.as_view(), "mfa_index"),
    ("2fa/webauthn/", second_step.PasskeysView.as_view(), "mfa_list_webauthn"),
    ("2fa/recovery-codes/", second_step.CodesView.as_view(), "mfa_view_recovery_codes"),
    ("2fa/totp/activate/", second_step.ActivateAppView.as_view(), "mfa_activate_totp"),
    ("2fa/totp/deactivate/", second_step.DeactivateAppView.as_view(), "mfa_deactivate_totp"),
    ("2fa/webauthn/add/", second_step.AddPasskeyView.as_view(), "mfa_add_webauthn"),
    (
        "2fa/webauthn/keys/<int:pk>/remove/",
        second_step.RemovePasskeyView.as_view(),
        "mfa_remove_webauthn",
    ),
    (
        "2fa/recovery-codes/generate/",
        second_step.GenerateCodesView.as_view(),
        "mfa_generate_recovery_codes",
    ),
)


def urls_of_whole_pages() -> list[URLPattern]:
    return [path(route, whole(view), name=name) for route, view, name in _WHOLE]


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def not_me(request: HttpRequest, token: str) -> HttpResponseBase:
    """The link in a notice: says what changed; POST ends every session of the person.

    Their mailbox is the proof, also when its address was just removed. On to the reset, or for
    such an address, to support.
    """
    notice = tokens.read_notice_token(token)
    if notice is None or notice.change not in emails.Change.values:
        return render(request, "accounts/not_me_expired.html", status=410)
    user = get_object_or_404(User, pk=notice.user_id)
    is_still_theirs = EmailAddress.objects.filter(
        user=user, email=notice.address, verified=True
    ).exists()
    if request.method == "POST":
        if not limits.consume(request, action="not_me", key=notice.address):
            return limits.too_many(request)
        security.disown(user=user, now=timezone.now())
        return _after(request, notice.address, is_still_theirs)
    context = {
        "what": emails.heading_of(emails.Change(notice.change)),
        "address": notice.address,
        "is_still_theirs": is_still_theirs,
    }
    response = render(request, "accounts/not_me.html", context)
    response["Referrer-Policy"] = "strict-origin"
    return response


def _after(request: HttpRequest, address: str, is_still_theirs: bool) -> HttpResponse:
    if request.user.is_authenticated:  # this very session may just have ended
        request.session.flush()
    if is_still_theirs:
        messages.success(request, _("You're signed out everywhere. Now set a new password."))
        return redirect(with_email(reverse("account_reset_password"), address))
    messages.success(request, _("You're signed out everywhere. Tell support what happened."))
    return redirect("support")
