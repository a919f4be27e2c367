"""Which instances this browser is activating: those whose code was entered in it.

Kept in a signed cookie: an anonymous visitor who follows a console's link leaves no row behind, and
the codes are still known after signing in or out.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts.web import signed_cookies
from licensing.activation.models import ActivationRequest
from licensing.activation.models.activation_request import VALID_FOR

_KEPT_SECONDS: Final = int(VALID_FOR.total_seconds())
_KEPT: Final = 5  # someone may set up several servers in one go


@dataclass(frozen=True)
class Activating:
    """The instance that a journey is about, shown on every page of it."""

    public_id: str
    name: str
    host: str
    version: str
    mode: str
    from_version: str
    ends_at: float

    @property
    def url(self) -> str:
        return reverse("activation_request", kwargs={"public_id": self.public_id})

    @property
    def is_upgrade(self) -> bool:
        return self.mode == "upgrade"


def of_request(asked: ActivationRequest) -> Activating:
    return Activating(
        public_id=str(asked.public_id),
        name=asked.instance_name,
        host=asked.host,
        version=asked.version,
        mode=asked.mode,
        from_version=asked.from_version,
        ends_at=asked.expires_at.timestamp(),
    )


def remember(request: HttpRequest, asked: ActivationRequest) -> None:
    """Remember that this browser entered the code of `asked`."""
    others = [each for each in _stored(request) if each["public_id"] != str(asked.public_id)]
    kept = [*others, asdict(of_request(asked))][-_KEPT:]
    while not signed_cookies.fits(settings.ACTIVATING_COOKIE_NAME, kept) and len(kept) > 1:
        kept = kept[1:]
    _keep(request, kept)


def knows(request: HttpRequest, asked: ActivationRequest) -> bool:
    return any(each["public_id"] == str(asked.public_id) for each in _stored(request))


def forget(request: HttpRequest, asked: ActivationRequest) -> None:
    """Stop showing an answered request on pages."""
    if knows(request, asked):
        left = [each for each in _stored(request) if each["public_id"] != str(asked.public_id)]
        _keep(request, left)


def latest(request: HttpRequest, now: datetime) -> Activating | None:
    """The most recent request entered here that still waits, as far as the browser knows."""
    waiting = [Activating(**each) for each in _stored(request)]
    return next((each for each in reversed(waiting) if each.ends_at > now.timestamp()), None)


def _keep(request: HttpRequest, kept: list[dict[str, Any]]) -> None:
    name = settings.ACTIVATING_COOKIE_NAME
    if kept:
        signed_cookies.keep(request, name, kept, max_age=_KEPT_SECONDS)
    else:
        signed_cookies.drop(request, name)


def _stored(request: HttpRequest) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] | None = signed_cookies.read(
        request, settings.ACTIVATING_COOKIE_NAME, max_age=_KEPT_SECONDS
    )
    now = timezone.now().timestamp()
    return [each for each in found or [] if each["ends_at"] > now]
