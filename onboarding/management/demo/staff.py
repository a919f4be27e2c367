"""The demonstration's staff person: signs in to the desk in two steps, as all staff does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt

from accounts.directory.models import User
from accounts.web.allauth_internals import TOTP, RecoveryCodes, generate_totp_secret
from onboarding.management.demo import people

EMAIL: Final = "sam@portal.example"
_CODES: Final = 3


@dataclass(frozen=True)
class SecondStep:
    """What to give an authenticator app, and codes for when there is none at hand."""

    app: str
    codes: list[str]


def person(password: str) -> SecondStep:
    """Make Sam staff; an authenticator app that was added earlier is kept."""
    user = people.person(EMAIL, "Sam Ortega", password)
    user.is_staff = True
    user.save(update_fields=["is_staff"])
    return SecondStep(app=_app(user), codes=_codes(user)[:_CODES])


def _app(user: User) -> str:
    """The address that authenticator apps read: otpauth://…"""
    known = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    totp = known or TOTP.activate(user, generate_totp_secret()).instance
    return str(get_adapter().build_totp_url(user, decrypt(totp.data["secret"])))


def _codes(user: User) -> list[str]:
    held = RecoveryCodes.activate(user)
    if not held.get_unused_codes():
        held.instance.delete()
        held = RecoveryCodes.activate(user)
    return list(held.get_unused_codes())
