"""Errands: what pages for strangers leave to a worker.

Who asks for a colleague, or holds a key, isn't told whom the portal knows. Neither must the time of
the answer tell it, so the page only notes what is wanted, and nothing is looked up there.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any, Final

import structlog
from django.db import models, transaction

from accounts import outbox
from accounts.errors import DomainError
from licensing.purchases.actions import key_owners
from licensing.purchases.models import Purchase
from onboarding.guide.actions import ask
from onboarding.guide.models import DeferredTask

log = structlog.get_logger(__name__)
KEPT_FOR: Final = timedelta(days=1)
_BATCH: Final = 100
# After n failures, n² times this since it was noted: six tries in five minutes, 90 in a day.
_FIRST_PAUSE: Final = timedelta(seconds=10)


@transaction.atomic
def defer(kind: DeferredTask.Kind, *, now: datetime, **facts: Any) -> None:
    """Store a deferred task; a worker runs it after the commit."""
    DeferredTask.objects.create(kind=kind, facts=facts, created_at=now)
    transaction.on_commit(
        partial(outbox.notify_workers, "onboarding.tasks.run_deferred_tasks"), robust=True
    )


def run_due(*, now: datetime) -> None:
    """Run what was left. What fails is tried again, ever more rarely, for a day."""
    DeferredTask.objects.filter(created_at__lte=now - KEPT_FOR).delete()
    waiting = DeferredTask.objects.order_by("attempts", "pk")
    due = (
        pk
        for pk, attempts, created_at in waiting.values_list("pk", "attempts", "created_at")
        if created_at + attempts**2 * _FIRST_PAUSE <= now
    )
    for pk in list(islice(due, _BATCH)):
        try:
            _run(pk, now)
        except Exception:  # the others shall have their turn
            log.exception("errand_failed", errand=pk)
            DeferredTask.objects.filter(pk=pk).update(attempts=models.F("attempts") + 1)


@transaction.atomic
def _run(pk: int, now: datetime) -> None:
    mine = DeferredTask.objects.select_for_update(skip_locked=True)
    errand = mine.filter(pk=pk).first()
    if errand is None:  # another worker has it
        return
    # A refusal is an answer, too, and there is nobody to tell it to.
    with suppress(DomainError), transaction.atomic():
        _HOW[DeferredTask.Kind(errand.kind)](now=now, **errand.facts)
    errand.delete()


def _tell_owner(*, purchase: int, now: datetime) -> None:
    found = Purchase.objects.select_related("license__account").filter(pk=purchase).first()
    if found is not None:
        key_owners.mail_key_owner(purchase=found, now=now)


_HOW: Final[dict[DeferredTask.Kind, Callable[..., Any]]] = {
    DeferredTask.Kind.ASK: ask.forward_request,
    DeferredTask.Kind.TELL_OWNER: _tell_owner,
}
