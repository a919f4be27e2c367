"""Which instances this browser is activating: those whose code was entered in it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from django.contrib.sessions.backends.base import SessionBase
from django.urls import reverse

from licensing.models import ActivationRequest

_SESSION_KEY: Final = "activating"
_KEPT: Final = 5  # somebody may set up several servers in one go


@dataclass(frozen=True)
class Activating:
    """What pages on the way keep saying: which instance the journey is about."""

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


def remember(session: SessionBase, asked: ActivationRequest) -> None:
    """This browser has shown that it knows the code of `asked`."""
    others = [each for each in _stored(session) if each["public_id"] != str(asked.public_id)]
    session[_SESSION_KEY] = [*others, asdict(of_request(asked))][-_KEPT:]


def knows(session: SessionBase, asked: ActivationRequest) -> bool:
    return any(each["public_id"] == str(asked.public_id) for each in _stored(session))


def forget(session: SessionBase, asked: ActivationRequest) -> None:
    """The request is answered: pages stop talking about it."""
    if knows(session, asked):
        kept = [each for each in _stored(session) if each["public_id"] != str(asked.public_id)]
        session[_SESSION_KEY] = kept


def latest(session: SessionBase, now: datetime) -> Activating | None:
    """The last request entered here that still waits, as far as the session knows."""
    waiting = [Activating(**each) for each in _stored(session)]
    return next((each for each in reversed(waiting) if each.ends_at > now.timestamp()), None)


def known(session: SessionBase) -> dict[str, Any]:
    """What `session` knows of all this, for a session that follows it in the same browser."""
    return {_SESSION_KEY: _stored(session)}


def _stored(session: SessionBase) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = session.get(_SESSION_KEY, [])
    return found
