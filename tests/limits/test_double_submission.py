"""Two clicks, or Back and again: the second finds it done and says so."""

from __future__ import annotations

from typing import Final

import pytest
from django.utils import timezone

from onboarding.guide.actions import deferred_tasks
from tests.limits.forms import doors
from tests.limits.sample_portal import SamplePortal, rows

pytestmark = pytest.mark.django_db

# What a second send may add. Usually nothing; a mail and a line of history for what is said again
# on purpose; and another one of what there can be many of, with its traces.
_AGAIN: Final = {"accounts.OutboxMail", "accounts.AuditEvent"}
_MAY_REPEAT: Final[dict[str, set[str]]] = {
    "sign-up": {"accounts.OutboxMail"},  # the address is unproven: signing up starts over
    "email": {"accounts.OutboxMail"},
    "company": {"accounts.BusinessAccount", "accounts.Membership", *_AGAIN},
    "invite": _AGAIN,
    "resend": _AGAIN,
    "join opened": _AGAIN,
    "tell the owner": _AGAIN,
    "find": _AGAIN,
    "code": _AGAIN,
    "reset": _AGAIN,
    "cut": {"licensing.Key", *_AGAIN},
    "reveal": {"accounts.AuditEvent"},
    "end sessions": {"accounts.AuditEvent", "admin.LogEntry"},
}


def test_sending_a_form_twice_does_it_once(portal: SamplePortal) -> None:
    unexpected = {}
    for door in doors(portal):
        with portal.undone():
            first = portal.submit(door, door.good)
            deferred_tasks.run_due(now=timezone.now())
            after = {label: len(found) for label, found in rows().items()}

            second = portal.submit(door, door.good)

            deferred_tasks.run_due(now=timezone.now())
            now = {label: len(found) for label, found in rows().items()}
        assert first.status_code == door.answer, door.name
        assert second.status_code in (200, 302, 404, 409), door.name
        more = {label for label in now if now[label] > after[label]}
        if extra := more - _MAY_REPEAT.get(door.name, set()):
            unexpected[door.name] = extra
    assert unexpected == {}
