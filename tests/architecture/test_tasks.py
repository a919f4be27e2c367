"""Whoever a background job acts for must still have the right when it runs.

Minutes, or a day, lie between the page that left the work and the worker that does it.
"""

from __future__ import annotations

import ast
import re
from typing import Final

from onboarding.celery import app
from onboarding.guide.actions import deferred_tasks
from onboarding.guide.models import DeferredTask
from tests.architecture import source

_UPLOADS: Final = (
    "tests/licensing/purchases/actions/test_uploads_right.py"
    "::test_what_somebody_began_who_left_the_staff_is_discarded"
)
# By name: the test that the right is read again, or "" where a job acts for nobody.
ACTS_FOR: Final = {
    "accounts.tasks.clear_expired": "",
    "accounts.tasks.complete_recoveries": (
        "tests/accounts/recovery/actions/test_recovery_ends.py"
        "::test_who_may_no_longer_start_it_has_started_nothing"
    ),
    "accounts.tasks.deliver_mail": "",
    "accounts.tasks.remind_of_invitations": (
        "tests/accounts/membership/actions/test_invitation_reminders.py"
        "::test_ended_and_suspended_ones_are_left_alone"
    ),
    "accounts.tasks.write_invitations": "",  # of purchases: the vendor invites
    "licensing.tasks.forget_answers": "",
    "licensing.tasks.forget_private_parts": "",
    "licensing.tasks.forget_requests": "",
    "licensing.tasks.forget_uploads": "",
    "licensing.tasks.import_waiting": _UPLOADS,
    "licensing.tasks.lapse_approvals": "",
    "licensing.tasks.remind": "",
    "licensing.tasks.remind_of_expiry": "",
    "onboarding.tasks.forget_support_messages": "",
    "onboarding.tasks.note_schedule": "",
    "onboarding.tasks.run_deferred_tasks": "",  # each kind stands below
    "onboarding.tasks.send_digests": "",
}
DEFERRED: Final = {
    DeferredTask.Kind.ASK: (
        "tests/onboarding/guide/test_deferred_tasks.py"
        "::test_whoever_was_disabled_since_asking_has_nothing_carried"
    ),
    DeferredTask.Kind.TELL_OWNER: "",  # the owner is told; whoever asked isn't named
}


def test_every_background_job_says_for_whom_it_acts() -> None:
    app.loader.import_default_modules()

    assert {name for name in app.tasks if not name.startswith("celery.")} == set(ACTS_FOR)
    assert set(deferred_tasks._HOW) == set(DEFERRED)


def test_every_right_is_proven_to_be_read_again() -> None:
    missing = []
    for named in filter(None, [*ACTS_FOR.values(), *DEFERRED.values()]):
        path, _, test = named.partition("::")
        tests = {
            node.name
            for node in source.nodes(source.ROOT / path)
            if isinstance(node, ast.FunctionDef) and re.match("test_", node.name)
        }
        if test not in tests:
            missing.append(named)

    assert missing == []
