"""Codes and passkeys: each refusal in its own sentence."""

from __future__ import annotations

import struct
from typing import Any, Final

from allauth.mfa.base import forms as base_forms
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt
from allauth.mfa.webauthn import forms as webauthn_forms
from cryptography.exceptions import InvalidSignature
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from fido2.utils import websafe_decode

from accounts.directory.models import User
from accounts.web.allauth_internals import (
    RecoveryCodes,
    mfa_limited_until,
    validate_totp_code,
    webauthn,
)

# Why a passkey was refused.
PASSKEY_REFUSALS: Final = {
    "waited": gettext_lazy("The passkey took too long. Try again."),
    "removed": gettext_lazy(
        "That passkey is no longer registered here. Sign in another way, and remove the passkey "
        "from your device."
    ),
    "not_alone": gettext_lazy(
        "That key can't sign you in by itself. Enter your email and password first, then "
        "we'll ask for it."
    ),
    "failed": gettext_lazy("That passkey didn't work here. Try again, or use another way."),
}
# What allauth and fido2 let through for a credential that no browser would send.
_MALFORMED: Final = (
    AttributeError,
    IndexError,
    InvalidSignature,
    KeyError,
    TypeError,
    ValueError,
    struct.error,
)


class _Code:
    """A code from the app, or a recovery code."""

    user: User

    def clean_code(self) -> str:
        typed = self.cleaned_data["code"]  # type: ignore[attr-defined]
        try:
            code: str = super().clean_code()  # type: ignore[misc]
        except ValidationError as error:
            if error.code == "too_many_login_attempts":
                raise ValidationError(_too_many(self.user), code=error.code) from None
            raise ValidationError(_why_not(self.user, typed), code=error.code) from None
        return code


class AuthenticateForm(_Code, base_forms.AuthenticateForm):
    pass


class ReauthenticateForm(_Code, base_forms.ReauthenticateForm):
    pass


class _Passkey:
    user: User | None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        messages = self.fields["credential"].error_messages  # type: ignore[attr-defined]
        messages |= dict.fromkeys(("required", "invalid"), PASSKEY_REFUSALS["failed"])

    def clean_credential(self) -> Authenticator:
        credential = self.cleaned_data["credential"]  # type: ignore[attr-defined]
        waited = webauthn.get_state() is None
        try:
            found: Authenticator = super().clean_credential()  # type: ignore[misc]
        except ValidationError as error:
            if error.code == "too_many_login_attempts" and self.user is not None:
                raise ValidationError(_too_many(self.user), code=error.code) from None
            code = "waited" if waited else _why_no_passkey(self.user, credential)
            raise ValidationError(str(PASSKEY_REFUSALS[code]), code=code) from None
        except _MALFORMED:
            raise ValidationError(str(PASSKEY_REFUSALS["failed"]), code="failed") from None
        return found


class AuthenticatePasskeyForm(_Passkey, webauthn_forms.AuthenticateWebAuthnForm):
    pass


class ReauthenticatePasskeyForm(_Passkey, webauthn_forms.ReauthenticateWebAuthnForm):
    pass


class LoginPasskeyForm(_Passkey, webauthn_forms.LoginWebAuthnForm):
    pass


class AddPasskeyForm(webauthn_forms.AddWebAuthnForm):
    def clean_credential(self) -> Any:
        """A device that is registered already; a browser says so by itself."""
        credential = self.cleaned_data["credential"]
        if known := _registered(self.user, credential):
            raise ValidationError(
                _("This device is already registered as “%(name)s”.") % {"name": known},
                code="registered",
            )
        return credential

    def clean(self) -> dict[str, Any]:
        try:
            cleaned: dict[str, Any] = super().clean()
        except ValidationError:
            raise ValidationError(str(PASSKEY_REFUSALS["waited"]), code="waited") from None
        except _MALFORMED:
            raise ValidationError(str(PASSKEY_REFUSALS["failed"]), code="failed") from None
        return cleaned


def can_sign_in_alone(passkey: Authenticator) -> bool:
    """True when the device holds the passkey for this site and asked who is there: such a passkey
    needs no email and no password."""
    wrapped = passkey.wrap()
    return wrapped.is_passwordless is True and _asked_who_is_there(wrapped)


def _asked_who_is_there(wrapped: Any) -> bool:
    try:
        return bool(wrapped.authenticator_data.is_user_verified())
    except (ValidationError, ValueError, KeyError):  # nothing that we could read
        return False


def _registered(user: User, credential: Any) -> Authenticator | None:
    try:
        credential_id = websafe_decode(credential["id"])
        return webauthn.get_authenticator_by_credential_id(user, credential_id)
    except (TypeError, KeyError, ValueError):
        return None


def _why_no_passkey(user: User | None, credential: Any) -> str:
    answer = credential.get("response") if isinstance(credential, dict) else None
    if user is None:
        if not isinstance(answer, dict) or not answer.get("userHandle"):
            return "not_alone"
        try:
            user = webauthn.extract_user_from_response(credential)
        except ValidationError:
            return "removed"
    return "failed" if _registered(user, credential) else "removed"


def _why_not(user: User, typed: str) -> str:
    code = "".join(typed.split())
    steps = {step.type: step for step in Authenticator.objects.filter(user=user)}
    app = steps.get(Authenticator.Type.TOTP)
    if app and validate_totp_code(decrypt(app.data["secret"]), code):
        return _("That code was already used. Wait for the app to show the next one.")
    kept = steps.get(Authenticator.Type.RECOVERY_CODES)
    if kept and code.lower() in RecoveryCodes(kept).generate_codes():
        return _("That recovery code was already used. Each works once. Use another.")
    return _("That code isn't right. The app shows a new one every 30 seconds.")


def _too_many(user: User) -> str:
    until = mfa_limited_until(user)
    return _(
        "Too many wrong attempts. Try again at %(time)s (in %(minutes)s min). Nothing is "
        "lost: your app, passkeys and recovery codes still work."
    ) % {
        "time": until.strftime("%H:%M UTC"),
        "minutes": max(1, round((until - timezone.now()).total_seconds() / 60)),
    }
