"""Notices about a change of a person's sign-in: one mail, whatever changed (SPEC 4.1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.directory.models import User
from accounts.identity import tokens
from accounts.outbox.rendering import post, safe_line


class Change(models.TextChoices):
    """What can change about a sign-in; each has its words below."""

    EMAIL_ADDED = "email_added"
    EMAIL_REMOVED = "email_removed"
    PRIMARY_CHANGED = "primary_changed"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    PASSWORD_SET = "password_set"  # noqa: S105
    PASSWORD_RESET = "password_reset"  # noqa: S105
    TOTP_ADDED = "totp_added"
    TOTP_REMOVED = "totp_removed"
    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    RECOVERY_CODES_MADE = "recovery_codes_made"


@dataclass(frozen=True)
class ChangeOrigin:
    """Where a change came from; both empty when the portal itself made it."""

    ip: str = ""
    user_agent: str = ""

    @classmethod
    def of(cls, request: HttpRequest | None) -> ChangeOrigin:
        if request is None:
            return cls()
        ip = get_adapter().get_client_ip(request)
        return cls(ip=ip, user_agent=request.headers.get("User-Agent", ""))


@dataclass(frozen=True)
class _Words:
    heading: str | Promise
    what: str | Promise
    undo: str | Promise


_WORDS: Final = {
    Change.EMAIL_ADDED: _Words(
        _("An email address was added to your %(brand)s sign-in"),
        _("%(detail)s now belongs to your sign-in, and can reset its password."),
        _("You can remove it under Email in your settings."),
    ),
    Change.EMAIL_REMOVED: _Words(
        _("An email address was removed from your %(brand)s sign-in"),
        _("%(detail)s no longer belongs to your sign-in, and can't reset its password."),
        _("You can add it again under Email in your settings."),
    ),
    Change.PRIMARY_CHANGED: _Words(
        _("Your %(brand)s sign-in has another primary address"),
        _("Email about your business accounts now goes to %(detail)s."),
        _("You can choose another primary address under Email in your settings."),
    ),
    Change.PASSWORD_CHANGED: _Words(
        _("Your %(brand)s password was changed"),
        _("Your password was changed, and your other sessions were signed out."),
        _("You can change it again under Password in your settings."),
    ),
    Change.PASSWORD_SET: _Words(
        _("Your %(brand)s sign-in now has a password"),
        _("A password was set for your sign-in, which had none."),
        _("You can change it under Password in your settings."),
    ),
    Change.PASSWORD_RESET: _Words(
        _("Your %(brand)s password was reset"),
        _("A new password was set with an emailed link, and your other sessions were signed out."),
        _("You can change it again under Password in your settings."),
    ),
    Change.TOTP_ADDED: _Words(
        _("An authenticator app was added to your %(brand)s sign-in"),
        _("Signing in now also asks for a code from an authenticator app."),
        _("You can turn it off under Two-step sign-in in your settings."),
    ),
    Change.TOTP_REMOVED: _Words(
        _("The authenticator app was removed from your %(brand)s sign-in"),
        _("Signing in no longer asks for a code from the authenticator app."),
        _("You can set it up again under Two-step sign-in in your settings."),
    ),
    Change.PASSKEY_ADDED: _Words(
        _("A passkey was added to your %(brand)s sign-in"),
        _("The passkey or security key “%(detail)s” can now be used to sign in."),
        _("You can remove it under Passkeys in your settings."),
    ),
    Change.PASSKEY_REMOVED: _Words(
        _("A passkey was removed from your %(brand)s sign-in"),
        _("The passkey or security key “%(detail)s” can no longer be used to sign in."),
        _("You can add it again under Passkeys in your settings."),
    ),
    Change.RECOVERY_CODES_MADE: _Words(
        _("Your %(brand)s sign-in has new recovery codes"),
        _("New recovery codes were created. Your earlier ones no longer work."),
        _("You can create new ones under Two-step sign-in in your settings."),
    ),
}


def security_notice(
    change: Change,
    *,
    user: User,
    to: Iterable[str],
    removed: str = "",
    detail: str = "",
    origin: ChangeOrigin,
    now: datetime,
) -> None:
    """Tell each of the addresses `to`, and the one that was just `removed`, what changed, when,
    from where, how to undo it, and what to do if it was somebody else."""
    words = _WORDS[change]
    facts = {"brand": settings.PORTAL_BRAND, "detail": detail}
    for address in dict.fromkeys([*to, *([removed] if removed else [])]):
        token = tokens.notice_token(user_id=user.pk, change=change, address=address)
        post(
            "security_notice",
            kind=change.value,
            to=address,
            now=now,
            url=settings.PORTAL_ORIGIN + reverse("not_me", kwargs={"token": token}),
            heading=str(words.heading) % facts,
            what=str(words.what) % facts,
            undo=str(words.undo),
            at=now,
            ip=safe_line(origin.ip),
            user_agent=origin.user_agent,
            is_removed=address == removed,
        )


def heading_of(change: Change) -> str:
    """What changed, in one line: for the page behind the mail's link."""
    return str(_WORDS[change].heading) % {"brand": settings.PORTAL_BRAND}
