"""Codes and resets: what a person needs to sign in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse

from accounts.outbox.models import OutboxMail
from accounts.outbox.rendering import post


def mailbox_code(*, email: str, code: str, now: datetime, expires_at: datetime) -> OutboxMail:
    """The code that proves a mailbox to Find my account (SPEC 2.2)."""
    return _code("mailbox_code", email, code, now, expires_at)


def sign_up_code(*, email: str, code: str, now: datetime, expires_at: datetime) -> OutboxMail:
    """The code that makes a sign-up a person."""
    return _code("email_confirmation_signup", email, code, now, expires_at)


def address_code(*, email: str, code: str, now: datetime, expires_at: datetime) -> OutboxMail:
    """The code that adds an address to a person."""
    return _code("email_confirmation", email, code, now, expires_at)


def _code(kind: str, email: str, code: str, now: datetime, expires_at: datetime) -> OutboxMail:
    return post(
        kind,
        to=email,
        now=now,
        expires_at=expires_at,
        code=code,
        minutes=_minutes(expires_at - now),
    )


def from_allauth(name: str, to: str, context: Mapping[str, Any], *, now: datetime) -> OutboxMail:
    """One of allauth's mails in our words; `name` is the last segment of its template prefix."""
    valid_for = _valid_for(name)
    return post(
        name,
        to=to,
        now=now,
        expires_at=now + valid_for if valid_for else None,
        minutes=_minutes(valid_for) if valid_for else 0,
        code=context.get("code", ""),
        url=_way_on(name, context),
        reset_url=settings.PORTAL_ORIGIN + reverse("account_reset_password"),
    )


def _way_on(name: str, context: Mapping[str, Any]) -> str:
    """Where the one button of an allauth mail leads; code mails have none."""
    if "code" in context:
        return ""
    if name == "password_reset_key":
        # Whatever host the request named, mails lead to us (SPEC A2); the query says where next.
        link = urlsplit(str(context["password_reset_url"]))
        return settings.PORTAL_ORIGIN + link.path + (f"?{link.query}" if link.query else "")
    pages = {"unknown_account": "find", "account_already_exists": "account_login"}
    return settings.PORTAL_ORIGIN + reverse(pages.get(name, "account_reset_password"))


def _valid_for(name: str) -> timedelta | None:
    seconds = {
        "email_confirmation": settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT,
        "email_confirmation_signup": settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT,
        "login_code": settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT,
        "password_reset_code": settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT,
        "password_reset_key": settings.PASSWORD_RESET_TIMEOUT,
    }.get(name)
    return timedelta(seconds=seconds) if seconds else None


def _minutes(span: timedelta) -> int:
    return max(1, round(span.total_seconds() / 60))
