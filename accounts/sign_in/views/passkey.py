"""Signing in with a passkey alone: the challenge waits in a signed cookie, not in a session.

Every look at Sign In may ask for a challenge, and a stranger's look must leave no row behind.
"""

from __future__ import annotations

from typing import Any, Final

from allauth.mfa.webauthn.views import LoginWebAuthnView
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator

from accounts import limits
from accounts.limits import failures
from accounts.web import signed_cookies
from accounts.web.allauth_internals import webauthn
from accounts.web.destinations import next_url, with_next

_VALID_FOR_SECONDS: Final = 600


@method_decorator(login_not_required, name="dispatch")
class PasskeySignInView(LoginWebAuthnView):
    """A challenge by GET, its answer by POST; a challenge is answered once (WebAuthn §13.4.3)."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().get(request, *args, **kwargs)
        if state := request.session.pop(webauthn.STATE_SESSION_KEY, None):
            name = settings.PASSKEY_COOKIE_NAME
            signed_cookies.keep(request, name, state, max_age=_VALID_FOR_SECONDS)
        return response

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not limits.consume(request, action="passkey"):
            return limits.too_many(request)
        name = settings.PASSKEY_COOKIE_NAME
        state = signed_cookies.read(request, name, max_age=_VALID_FOR_SECONDS)
        signed_cookies.drop(request, name)
        # Counted on the server: a browser could send its cookie again.
        if state and limits.consume(request, action="passkey_challenge", key=state["challenge"]):
            request.session[webauthn.STATE_SESSION_KEY] = state
        response: HttpResponseBase = super().post(request, *args, **kwargs)
        request.session.pop(webauthn.STATE_SESSION_KEY, None)
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        """Say why, and keep where the person was going."""
        super().form_invalid(form)
        failures.count_errors(self.request, form)
        return redirect(with_next(reverse("account_login"), next_url(self.request)))
