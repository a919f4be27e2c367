"""allauth's decisions, made our way: texts, mails, limits, identity and destinations."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.authentication import get_authentication_records
from allauth.account.models import EmailAddress, Login
from allauth.account.utils import get_next_redirect_url
from allauth.core import context as allauth_context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate
from django.core.exceptions import ImproperlyConfigured, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import limits
from accounts.directory.models import Membership, User
from accounts.identity.addresses import InvalidEmail, canonical_email
from accounts.limits import failures
from accounts.recovery.actions import recovery_ends
from accounts.sign_in import emails, mailbox_proof, seeds, sign_ups
from accounts.web.allauth_internals import clear_login
from accounts.web.destinations import is_ours, next_url, with_next

_BEGAN_WITH: Final = "sign_in_began_with"
Counted = Callable[[HttpRequest, str], bool]


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_taken": _("Account already exists"),
        "email_password_mismatch": _("Invalid Email or Password"),
        "too_many_login_attempts": _(
            "Too many attempts. Wait five minutes, or reset the password."
        ),
        "incorrect_code": _("That code isn't right. Check the latest email."),
        "incorrect_password": _("That isn't your password. Nothing was changed."),
    }

    # --- Identity ---

    def clean_email(self, email: str) -> str:
        try:
            return canonical_email(email)
        except InvalidEmail as error:
            raise forms.ValidationError(str(error), code="invalid") from None

    def get_client_ip(self, request: HttpRequest) -> str:
        try:
            address: str = super().get_client_ip(request)
        except ImproperlyConfigured as error:  # a shorter X-Forwarded-For than our proxies make
            raise SuspiciousOperation(str(error)) from None
        return address

    # --- Mails: all of them leave through the outbox ---

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        name, request = template_prefix.rpartition("/")[2], allauth_context.request
        if name == "unknown_account" and not self._may_mail_unknown(request, email):
            return
        if name == "login_code":
            if not self._may_mail_code(request, email, limits.may_mail_code):
                return
            mailbox_proof.note_mailed(email, context["code"], now=timezone.now())
        emails.from_allauth(name, email, context, now=timezone.now())

    def _may_mail_code(self, request: HttpRequest, email: str, counted: Counted) -> bool:
        if counted(request, email):
            return True
        mailbox_proof.share_codes(request, email)
        return False

    def _may_mail_unknown(self, request: HttpRequest, email: str) -> bool:
        """Counted like the mail to a known address, and apart from it: neither time nor limit tells
        whom we know, and strangers' tries cost whoever signs up later nothing."""
        match = request.resolver_match
        if match and match.url_name == "account_reset_password":
            return limits.may_mail_unknown_reset(request, email)
        return self._may_mail_code(request, email, limits.may_mail_unknown_code)

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: allauth would tell the primary address only, at times after the commit. What
        changed is told by accounts/sign_in/actions/security.py."""

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        if limits.may_mail_reset(allauth_context.request, email):
            super().send_password_reset_mail(user, email, context)

    def get_reset_password_from_key_url(self, key: str) -> str:
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        path = path.replace("UID-KEY", key)
        return settings.PORTAL_ORIGIN + with_next(path, next_url(allauth_context.request))

    # --- Signing in ---

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        attempt = limits.SignInAttempt(request, credentials.get("email", ""))
        if not attempt.allowed:
            raise self.validation_error("too_many_login_attempts")
        user = authenticate(request, **credentials)
        # allauth would tell a disabled person so; SPEC A19 wants one answer for everyone.
        AuthenticationBackend.unstash_authenticated_user()
        # The doors know proven addresses only (SPEC 4.1), whatever allauth would look among.
        if not isinstance(user, User) or not _has_proven(user, credentials.get("email")):
            return None
        attempt.refund()
        return user

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        limits.reset_sign_in_counters(request, credentials["email"])

    def is_login_by_code_required(self, login: Login) -> bool:
        """After a recovery of the second step a password alone is not enough (SPEC 4.1)."""
        records = get_authentication_records(self.request, login.user)
        if any(record["method"] == "code" for record in records):
            return False
        return isinstance(login.user, User) and recovery_ends.is_unsettled(login.user)

    def _typed_password(self, user: User) -> bool:
        """At this sign-in, or set anew by the mailed link."""
        records = get_authentication_records(self.request, user)
        return any(record["method"] in ("password", "password_reset") for record in records)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Signing in counts as a proof for five minutes, like typing the password again does."""
        records = get_authentication_records(self.request, self.request.user)
        if records and time.time() - records[-1]["at"] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT:
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def pre_login(
        self, request: HttpRequest, user: User, *, email: str | None, **kwargs: Any
    ) -> HttpResponse | None:
        """Begin to sign in, by whatever door: with a proven address, and what holds right now."""
        response: HttpResponse | None = super().pre_login(request, user, email=email, **kwargs)
        if response is None and not _has_proven(user, email):
            return self._refuse_sign_in(request, _("That sign-in has expired. Start again."))
        if response is None and not self._typed_password(user) and recovery_ends.is_unsettled(user):
            return self._refuse_sign_in(
                request,
                _(
                    "Your second step was removed, so an emailed code isn't enough. Sign in "
                    "with your password, then we'll email you a code."
                ),
            )
        request.session[_BEGAN_WITH] = user.get_session_auth_hash()
        return response

    def login(self, request: HttpRequest, user: User) -> None:
        """Sign in, unless the password changed or the person was disabled since it began."""
        began_with = request.session.pop(_BEGAN_WITH, "")
        if not user.is_active or began_with != user.get_session_auth_hash():
            ended = _("That sign-in has expired. Start again.")
            raise ImmediateHttpResponse(self._refuse_sign_in(request, ended))
        sign_ups.drop(request.session)
        super().login(request, user)

    def _refuse_sign_in(self, request: HttpRequest, why: object) -> HttpResponse:
        clear_login(request)
        messages.error(request, str(why))
        return redirect("account_login")

    def post_login(
        self, request: HttpRequest, user: User, *, redirect_url: str | None, **kwargs: Any
    ) -> HttpResponse:
        wanted = redirect_url or get_next_redirect_url(request) or ""
        response: HttpResponse = super().post_login(
            request, user, redirect_url=_onward(user, wanted), **kwargs
        )
        records = get_authentication_records(request, user)
        if any(record["method"] == "code" for record in records) and recovery_ends.is_unsettled(
            user
        ):
            recovery_ends.settle_by_code(user=user, now=timezone.now())
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

    def generate_authenticator_name(self, user: User, type: str) -> str:  # noqa: A002 (allauth names it)
        """What a passkey is called while its person gives it no name."""
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        name = _("Passkey")
        return f"{name} {number}" if number > 1 else str(name)

    def encrypt(self, text: str) -> str:
        return seeds.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return seeds.decrypt(encrypted_text)


def _has_proven(user: User, email: str | None) -> bool:
    """True when `user` has proven `email`, or any address; allauth asks again in this request."""
    addresses = getattr(user, "_emailaddress_cache", None)  # read once in a request
    if addresses is None:
        addresses = list(EmailAddress.objects.filter(user=user))
        EmailAddress.objects.fill_cache_for_user(user, addresses)
    proven = [address.email for address in addresses if address.verified]
    return email in proven if email else bool(proven)


def _onward(user: User, wanted: str) -> str:
    """Where a person who has just signed in goes: first into a business account, then on."""
    invitations = reverse("invitation", kwargs={"token": "-"}).removesuffix("-/")
    if wanted.startswith(invitations) or Membership.objects.filter(user=user).exists():
        return wanted
    return with_next(reverse("account_list"), wanted)
