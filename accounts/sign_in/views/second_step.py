"""allauth's pages about the second step where ours say or do more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, cast

from allauth.mfa.base.views import AuthenticateView as AllauthAuthenticateView
from allauth.mfa.base.views import IndexView as AllauthIndexView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as code_views
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.totp import views as totp_views
from allauth.mfa.utils import is_mfa_enabled
from allauth.mfa.webauthn import views as webauthn_views
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.decorators import method_decorator

from accounts import access
from accounts.directory.models import BusinessAccount, User
from accounts.sign_in.actions import security
from accounts.sign_in.emails import Change, ChangeOrigin
from accounts.sign_in.forms.second_step import can_sign_in_alone
from accounts.web.allauth_internals import (
    clear_login,
    get_pending_stage,
    login_stage,
    login_stage_required,
)
from accounts.web.destinations import next_url, with_next

View = Callable[..., HttpResponseBase]
# The ways through the second step, the quickest first.
_WAYS: Final = {
    "passkey": Authenticator.Type.WEBAUTHN,
    "app": Authenticator.Type.TOTP,
    "recovery": Authenticator.Type.RECOVERY_CODES,
}


def at_second_step(view: View) -> View:
    """Only for people who have typed the password but not completed the second step; others go to
    Sign In."""
    stage_required = login_stage_required(
        stage=AuthenticateStage.key, redirect_urlname="account_login"
    )
    guarded: View = stage_required(view)
    return guarded


def signing_in(request: HttpRequest) -> User:
    """The person signing in; use it behind `at_second_step`."""
    return cast(User, login_stage(request).login.user)


@method_decorator(login_not_required, name="dispatch")
class AuthenticateView(AllauthAuthenticateView):
    """The second step at sign-in. A sign-in that waited here while a recovery removed the second
    step starts over: allauth would send it back and forth."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        stage = get_pending_stage(request)
        if stage and stage.key == AuthenticateStage.key and not is_mfa_enabled(stage.login.user):
            clear_login(request)
            return redirect("account_login")
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        found = Authenticator.objects.filter(user=self.stage.login.user)
        has = set(found.values_list("type", flat=True))
        ways = [way for way in _WAYS if _WAYS[way] in has]
        # What failed is shown again: a form with a code came from the app or from the codes.
        asked = self.request.POST.get("by") or self.request.GET.get("by", "")
        if self.request.method == "POST" and "credential" in self.request.POST:
            asked = "passkey"
        return {**context, "ways": ways, "by": asked if asked in ways else next(iter(ways))}


class IndexView(AllauthIndexView):
    """The second steps a person has. `required` in the address says which account asks for one
    (or the staff pages), `next` where to go on afterwards."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        asked = self.request.GET.get("required", "")
        return {
            **context,
            "required_by": _who_requires(cast(User, self.request.user), asked),
            "onward": next_url(self.request),
        }


class _Onward:
    """Keeps where the person was going while a second step is set up."""

    request: Any

    def get_success_url(self) -> str:
        url: str = super().get_success_url()  # type: ignore[misc]
        return with_next(url, next_url(self.request))


class ActivateAppView(_Onward, totp_views.ActivateTOTPView):
    """Set up an authenticator app."""


class AddPasskeyView(_Onward, webauthn_views.AddWebAuthnView):
    """Add a passkey or security key."""


class GenerateCodesView(_Onward, code_views.GenerateRecoveryCodesView):
    """Make new recovery codes; those that came with the first second step need no notice."""

    def form_valid(self, form: Any) -> HttpResponseBase:
        response: HttpResponseBase = super().form_valid(form)
        security.tell(
            Change.RECOVERY_CODES_MADE,
            user=self.request.user,
            origin=ChangeOrigin.of(self.request),
            now=timezone.now(),
        )
        return response


class CodesView(code_views.ViewRecoveryCodesView):
    """The recovery codes, and the way on."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {**context, "onward": next_url(self.request)}


class PasskeysView(webauthn_views.ListWebAuthnView):
    """The passkeys, and which of them can't sign in alone."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        second_only = [each for each in context["authenticators"] if not can_sign_in_alone(each)]
        return {**context, "second_only": [each.pk for each in second_only]}


class _SaysWhoKeepsOut:
    """Says which accounts the person can't enter any more without the last second step."""

    request: HttpRequest

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        user = cast(User, self.request.user)
        steps = Authenticator.objects.filter(user=user)
        if steps.exclude(type=Authenticator.Type.RECOVERY_CODES).count() > 1:
            return context
        names = [account.name for account in _accounts_that_require(user)]
        if user.is_staff:
            names.append(str(settings.PORTAL_BRAND))
        return {**context, "is_last": True, "keeps_out": names}


class DeactivateAppView(_SaysWhoKeepsOut, totp_views.DeactivateTOTPView):
    """Switch the authenticator app off."""


class RemovePasskeyView(_SaysWhoKeepsOut, webauthn_views.RemoveWebAuthnView):
    """Remove a passkey or security key."""


def _who_requires(user: User, asked: str) -> str:
    """The name of the account that requires a second step of this person; "" when none does."""
    if asked == access.STAFF and user.is_staff:
        return str(settings.PORTAL_BRAND)
    found = (each.name for each in _accounts_that_require(user) if each.slug == asked)
    return next(found, "")


def _accounts_that_require(user: User) -> list[BusinessAccount]:
    return [
        membership.account
        for membership in access.memberships_of(user)
        if membership.blocked_at is None and membership.account.require_two_step
    ]
