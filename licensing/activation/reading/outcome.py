"""The outcome of a request, as the last page of the journey shows it."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from licensing.activation.models import ActivationRequest
from licensing.activation.models.activation_request import Status


class RequestOutcome(Enum):
    """Each value names the page that shows it."""

    OPEN = "open"  # not answered yet, still waiting
    HANDED_OVER = "handed_over"
    EXPIRED = "expired"
    DENIED = "denied"
    DISOWNED = "disowned"
    LICENSED = "licensed"
    LAPSED = "lapsed"  # approved, but the console never collected
    WITHDRAWN = "withdrawn"  # approved, but no longer valid when the console came
    ENDED = "ended"  # activated, and ended since


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
