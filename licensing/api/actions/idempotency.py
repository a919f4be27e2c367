"""Idempotency-Key: a repeated request is executed once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import IntegrityError, transaction

from licensing.api.errors import KeyOfAnotherRequest
from licensing.api.models import IdempotentAnswer

KEEP_ANSWERS_FOR: Final = timedelta(hours=24)
Answer = tuple[int, dict[str, Any]]


@transaction.atomic
def once(*, key_digest: str, body_digest: str, act: Callable[[], Answer], now: datetime) -> Answer:
    """The answer of `act`, or the one that the same request got in the last 24 hours.

    A concurrent request waits for the first and gets its response. When `act` raises, nothing is
    stored. Raises KeyOfAnotherRequest when the key was used for another body.
    """
    kept = IdempotentAnswer.objects.filter(key_digest=key_digest)
    kept.filter(ends_at__lte=now).delete()
    try:
        with transaction.atomic():
            # Its unique key is the lock: a second request waits here until the first has ended.
            row = IdempotentAnswer.objects.create(
                key_digest=key_digest,
                body_digest=body_digest,
                status=0,
                answer={},
                ends_at=now + KEEP_ANSWERS_FOR,
            )
    except IntegrityError:
        row = kept.get()
        if row.body_digest != body_digest:
            raise KeyOfAnotherRequest from None
    else:
        row.status, row.answer = act()
        row.save(update_fields=["status", "answer"])
    return row.status, row.answer


def forget(*, now: datetime) -> None:
    """Delete the answers that are older than 24 hours."""
    IdempotentAnswer.objects.filter(ends_at__lte=now).delete()
