"""What the portal uses of allauth's internals, all of it here: they may change with any release.

Before another minor version goes in, read these in it, then move READ_IN; a test holds them
together.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, cast

from allauth.account import app_settings
from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.account.internal.stagekit import clear_login, get_pending_stage
from allauth.account.internal.templatekit import get_entrance_context_data
from allauth.account.signals import user_logged_in
from allauth.account.stages import LoginStage
from allauth.core import context as allauth_context
from allauth.core.internal import ratelimit
from allauth.core.internal.httpkit import HTTP_USER_AGENT_MAX_LENGTH
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, validate_totp_code
from allauth.mfa.webauthn.internal import auth as webauthn
from allauth.usersessions import signals as session_signals
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone

__all__ = [
    "HTTP_USER_AGENT_MAX_LENGTH",
    "TOTP",
    "RecoveryCodes",
    "clear_login",
    "generate_totp_secret",
    "get_entrance_context_data",
    "get_pending_stage",
    "login_stage_required",
    "raise_if_reauthentication_required",
    "ratelimit",
    "record_authentication",
    "validate_totp_code",
    "webauthn",
]

READ_IN: Final = "65.21"


def login_stage(request: HttpRequest) -> LoginStage:
    """The stage that a sign-in waits at, behind `login_stage_required`."""
    return cast(LoginStage, request._login_stage)  # type: ignore[attr-defined]  # noqa: SLF001


def mfa_limited_until(user: AbstractBaseUser) -> datetime:
    """When the oldest of the counted tries at a second step no longer counts; they are in the
    cache."""
    oldest = timezone.now()
    for rate in ratelimit.parse_rates(app_settings.RATE_LIMITS["login_failed"]):
        key = ratelimit.get_cache_key(
            allauth_context.request,
            app="allauth.account",
            action="login_failed",
            rate=rate,
            key=f"mfa-auth-user-{user.pk}",
        )
        if history := cache.get(key, []):
            oldest = datetime.fromtimestamp(history[-1] + rate.duration, tz=oldest.tzinfo)
    return oldest


def list_sessions_by(receiver: Callable[..., Any]) -> None:
    """Let `receiver` put a new session on the person's list, instead of allauth, which looks at
    each of a person's sessions at every sign-in."""
    user_logged_in.disconnect(receiver=session_signals.on_user_logged_in)
    user_logged_in.connect(receiver=receiver)
