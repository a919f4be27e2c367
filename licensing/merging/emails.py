from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from accounts.directory.models import User
from accounts.outbox.rendering import post, safe_name
from licensing.merging.models import Merge


def merge_proposed(merge: Merge, *, to: Iterable[str], now: datetime) -> None:
    """Ask the administrators of the other account, who see what moves before they agree."""
    where = {"slug": merge.asked.slug, "public_id": merge.public_id}
    for address in to:
        post(
            "merge_proposed",
            to=address,
            now=now,
            account=merge.asked,
            url=settings.PORTAL_ORIGIN + reverse("merge_proposal", kwargs=where),
            person=safe_name(merge.proposed_by),
            person_email=merge.proposed_by.email_display,
            asking=safe_name(merge.asking),
            target=safe_name(merge.target),
        )


def merge_done(merge: Merge, *, to: Iterable[str], by: User, now: datetime) -> None:
    """Tell the administrators of both, who may undo it."""
    _to_both("merge_done", merge, to, by, now)


def merge_undone(merge: Merge, *, to: Iterable[str], by: User, now: datetime) -> None:
    """Tell the administrators of both, who are apart again."""
    _to_both("merge_undone", merge, to, by, now)


def _to_both(name: str, merge: Merge, to: Iterable[str], by: User, now: datetime) -> None:
    for address in to:
        post(
            name,
            to=address,
            now=now,
            account=merge.target,
            url=settings.PORTAL_ORIGIN + merge.get_absolute_url(),
            by=safe_name(by),
            by_email=by.email_display,
            source=safe_name(merge.source),
            target=safe_name(merge.target),
            undo_until=merge.undo_until,
        )
