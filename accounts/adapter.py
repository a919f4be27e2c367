"""allauth's decisions, made our way: texts, mails, limits, identity and destinations."""

from __future__ import annotations

import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import get_next_redirect_url
from allauth.core import context as allauth_context
from allauth.mfa.adapter import DefaultMFAAdapter
from django import forms
from django.conf import settings
from django.contrib.auth import authenticate
from django.core.exceptions import ImproperlyConfigured, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import emails, failures, limits, seeds
from accounts.destinations import is_ours, next_url, with_next
from accounts.identity import InvalidEmail, canonical_email
from accounts.models import Membership, User


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_taken": _("Account already exists"),
        "email_password_mismatch": _("Invalid Email or Password"),
        "too_many_login_attempts": _(
            "That's too many tries for now. Wait five minutes, or reset the password."
        ),
        "incorrect_code": _("That code isn't right. Compare it with the latest mail."),
        "incorrect_password": _("That isn't your password. Nothing was changed."),
    }

    # --- Identity ---

    def clean_email(self, email: str) -> str:
        try:
            return canonical_email(email)
        except InvalidEmail as error:
            raise forms.ValidationError(str(error), code="invalid") from None

    def save_user(
        self, request: HttpRequest, user: User, form: forms.BaseForm, commit: bool = True
    ) -> User:
        super().save_user(request, user, form, commit=False)
        user.name = form.cleaned_data["name"]
        user.email_display = form.data.get("email", user.email).strip()
        if commit:
            user.save()
            # Choosing the password counts as typing it: no page asks for it again at once.
            record_authentication(request, user, method="password")
        return user

    def get_client_ip(self, request: HttpRequest) -> str:
        try:
            address: str = super().get_client_ip(request)
        except ImproperlyConfigured as error:  # a shorter X-Forwarded-For than our proxies make
            raise SuspiciousOperation(str(error)) from None
        return address

    # --- Mails: all of them leave through the outbox ---

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        name = template_prefix.rpartition("/")[2]
        if name == "login_code":
            # For who isn't known allauth looks among all people: the time must not tell.
            list(User.objects.filter(email=email).iterator())
        if name in ("login_code", "unknown_account") and not self._may_mail(email):
            return
        emails.from_allauth(name, email, context, now=timezone.now())

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: allauth would tell the primary address only, at times after the commit. What
        changed is told by accounts/actions/security.py."""

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        if self._may_mail(email):
            super().send_password_reset_mail(user, email, context)

    def get_reset_password_from_key_url(self, key: str) -> str:
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        path = path.replace("UID-KEY", key)
        return settings.PORTAL_ORIGIN + with_next(path, next_url(allauth_context.request))

    def _may_mail(self, email: str) -> bool:
        """Resets: 3 an hour for an address, codes: 5, both silently (SPEC 5)."""
        request: HttpRequest = allauth_context.request
        match = request.resolver_match
        is_reset = match is not None and match.url_name == "account_reset_password"
        return limits.consume(request, action="reset_mail" if is_reset else "code_mail", key=email)

    # --- Signing in ---

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        attempt = limits.SignInAttempt(request, credentials.get("email", ""))
        if not attempt.allowed:
            raise self.validation_error("too_many_login_attempts")
        user = authenticate(request, **credentials)
        # allauth would tell a disabled person so; SPEC A19 wants one answer for everyone.
        AuthenticationBackend.unstash_authenticated_user()
        if not isinstance(user, User):
            return None
        attempt.forgive()
        return user

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        limits.forget_sign_in_failures(request, credentials["email"])

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Signing in counts as a proof for five minutes, like typing the password again does."""
        records = get_authentication_records(self.request, self.request.user)
        if records and time.time() - records[-1]["at"] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT:
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def post_login(
        self, request: HttpRequest, user: User, *, redirect_url: str | None, **kwargs: Any
    ) -> HttpResponse:
        wanted = redirect_url or get_next_redirect_url(request) or ""
        response: HttpResponse = super().post_login(
            request, user, redirect_url=_onward(user, wanted), **kwargs
        )
        failures.forget(request)
        limits.remember_browser(request, response, user)
        return response

    def is_safe_url(self, url: str | None) -> bool:
        return is_ours(url or "")


class SecondStepAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("That code isn't right. The app shows a new one every 30 seconds."),
    }

    def encrypt(self, text: str) -> str:
        return seeds.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return seeds.decrypt(encrypted_text)


def _onward(user: User, wanted: str) -> str:
    """Where a person who has just signed in goes: first into a business account, then on."""
    invitations = reverse("invitation", kwargs={"token": "-"}).removesuffix("-/")
    if wanted.startswith(invitations) or Membership.objects.filter(user=user).exists():
        return wanted
    return with_next(reverse("account_list"), wanted)
