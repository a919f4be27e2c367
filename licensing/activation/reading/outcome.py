"""What became of a request, as the last page of the journey says it."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from licensing.activation.models import ActivationRequest
from licensing.activation.models.activation_request import Status


class RequestOutcome(Enum):
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


def outcome_of(asked: ActivationRequest, now: datetime) -> RequestOutcome:
    if asked.status == Status.PENDING:
        if asked.has_expired(now):
            return RequestOutcome.EXPIRED
        return RequestOutcome.HANDED_OVER if asked.handed_over_at else RequestOutcome.OPEN
    if asked.status == Status.DENIED:
        return RequestOutcome.DISOWNED if asked.disowned else RequestOutcome.DENIED
    if asked.status == Status.LAPSED or (
        asked.status == Status.APPROVED and asked.has_expired(now)
    ):
        return RequestOutcome.LAPSED
    if asked.status == Status.WITHDRAWN:
        return RequestOutcome.WITHDRAWN
    activation = asked.activation
    return (
        RequestOutcome.ENDED
        if activation and activation.deactivated_at
        else RequestOutcome.LICENSED
    )
