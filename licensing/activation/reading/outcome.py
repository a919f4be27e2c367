"""What became of a request, as the last page of the journey says it."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from licensing.activation.models import ActivationRequest
from licensing.activation.models.activation_request import Status


class Outcome(Enum):
    """The value names the page."""

    OPEN = "open"  # nobody has answered, and it still waits
    HANDED_OVER = "handed_over"
    EXPIRED = "expired"
    DENIED = "denied"
    DISOWNED = "disowned"
    LICENSED = "licensed"
    LAPSED = "lapsed"  # approved, and the console never came
    WITHDRAWN = "withdrawn"  # approved, and not good any more when the console came
    ENDED = "ended"  # it was licensed, and isn't any more


def outcome_of(asked: ActivationRequest, now: datetime) -> Outcome:
    if asked.status == Status.PENDING:
        if asked.has_expired(now):
            return Outcome.EXPIRED
        return Outcome.HANDED_OVER if asked.handed_over_at else Outcome.OPEN
    if asked.status == Status.DENIED:
        return Outcome.DISOWNED if asked.disowned else Outcome.DENIED
    if asked.status == Status.LAPSED or (
        asked.status == Status.APPROVED and asked.has_expired(now)
    ):
        return Outcome.LAPSED
    if asked.status == Status.WITHDRAWN:
        return Outcome.WITHDRAWN
    activation = asked.activation
    return Outcome.ENDED if activation and activation.deactivated_at else Outcome.LICENSED
