"""Connects signals of libraries to our actions."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.account.signals import authentication_step_completed
from anymail.signals import AnymailTrackingEvent, tracking
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from accounts import failures, outbox
from accounts.actions import people
from accounts.models import User

_BOUNCED = {"bounced", "rejected", "failed"}


@receiver(tracking)
def note_mail_event(*, event: AnymailTrackingEvent, **_: object) -> None:
    """What a provider reports about one mail goes to the outbox (SPEC 4.4)."""
    if event.event_type not in _BOUNCED | {"delivered"}:
        return
    said = event.description or event.reject_reason or event.event_type
    now = timezone.now()
    outbox.record_event(
        public_id=_text((event.metadata or {}).get("outbox")),
        message_id=_text(event.message_id),
        bounced=event.event_type in _BOUNCED,
        reason=" ".join(_text(said).split()),
        # Nothing has happened after now, whatever a clock elsewhere says.
        at=min(event.timestamp or now, now),
    )


@receiver(authentication_step_completed)
def forget_failures(*, request: HttpRequest, **_: object) -> None:
    """Whoever has proven themselves, anew or at sign-in, has not failed (SPEC A24)."""
    failures.forget(request)


def note_session(*, request: HttpRequest, **_: object) -> None:
    """Put a new session on the person's list; ended ones are cleared by the hourly task."""
    if isinstance(request.user, User) and request.session.session_key:
        people.note_session(
            user=request.user,
            session_key=request.session.session_key,
            ip=get_adapter().get_client_ip(request),
            user_agent=request.headers.get("User-Agent", ""),
        )


def _text(value: object) -> str:
    # PostgreSQL refuses NUL, and a provider's report is somebody else's text.
    return str(value or "").replace("\0", "")
