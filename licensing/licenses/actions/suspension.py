"""Suspending a license on the vendor's behalf, and resuming it (SPEC 4.2, 6).

Running instances continue until their document expires: a check-in says so and issues no new one.
Nothing new is activated, and approvals not yet collected are withdrawn.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts import audit
from accounts.directory.models import User
from accounts.membership.actions.authority import lock_account_of, only_staff
from licensing.events import Event
from licensing.licenses import emails
from licensing.licenses.models import License


@transaction.atomic
def suspend(*, license: License, reason: str, by: User | None, now: datetime) -> bool:
    """Suspend a license; False when it already was, and then it keeps its first reason.

    `by` is a member of staff, or None for the vendor's systems. Raises NotAllowed.
    """
    return _turn(
        license,
        Event.LICENSE_SUSPENDED,
        reason,
        by,
        now,
        suspended_at=now,
        suspension_reason=reason,
    )


@transaction.atomic
def resume(*, license: License, reason: str, by: User | None, now: datetime) -> bool:
    """Resume a license; False when it isn't suspended. `by` as in `suspend`.

    Raises NotAllowed.
    """
    return _turn(
        license, Event.LICENSE_RESUMED, reason, by, now, suspended_at=None, suspension_reason=""
    )


def _turn(
    license: License, event: Event, reason: str, by: User | None, now: datetime, **facts: object
) -> bool:
    if by is not None:
        only_staff(by)
    if license.account_id is not None:
        lock_account_of(license)  # before any other lock, like an activation
    suspends = event == Event.LICENSE_SUSPENDED
    row = License.objects.filter(pk=license.pk, suspended_at__isnull=suspends)
    if not row.update(**facts):
        return False
    current = License.objects.select_related("account").get(pk=license.pk)
    if current.account is not None:
        audit.record(
            event, account=current.account, actor=by, now=now, subject=current, reason=reason
        )
        tell = emails.license_suspended if suspends else emails.license_resumed
        tell(current, reason=reason, now=now)
    return True
