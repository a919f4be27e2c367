"""The states of an activation request, as drawn in docs/states.md."""

from __future__ import annotations

import ast
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from accounts.directory.models import BusinessAccount
from licensing.activation.models import ActivationRequest
from licensing.activation.models.activation_request import MOVES, Status
from licensing.licenses.models import Activation
from tests.licensing import license_factories


def diagram() -> str:
    ends = [f"    {state} --> [*]" for state in Status if not MOVES[state]]
    moves = [f"    {a} --> {b}" for a in Status for b in Status if b in MOVES[a]]
    lines = ["    [*] --> pending", *moves, *ends]
    return "\n".join(["```mermaid", "stateDiagram-v2", *lines, "```"])


def test_the_drawn_states_are_the_moves_of_the_code() -> None:
    page = (Path(settings.BASE_DIR) / "docs" / "states.md").read_text()

    assert diagram() in page, f"Put this into docs/states.md:\n{diagram()}"


def test_every_state_says_where_it_leads() -> None:
    assert set(MOVES) == set(Status)


def test_states_lead_forward_only() -> None:
    """What has moved never comes back (RFC 8628: an approval is never lost)."""
    for source in Status:
        reached, ahead = set(), set(MOVES[source])
        while ahead:
            state = ahead.pop()
            reached.add(state)
            ahead |= MOVES[state] - reached
        assert source not in reached


@pytest.mark.django_db
@pytest.mark.embedded
@pytest.mark.parametrize("to", Status)
@pytest.mark.parametrize("source", Status)
def test_a_request_moves_where_the_table_says_and_nowhere_else(
    source: Status, to: Status, acme: BusinessAccount, now: datetime
) -> None:
    license = license_factories.subscription(acme, now=now)
    activation = license_factories.activation(
        license_factories.instance(acme, now=now), license_factories.primary_key(license), now=now
    )
    request = license_factories.request(now=now, status=source, **facts(source, activation, now))

    moved = ActivationRequest.objects.filter(pk=request.pk).move(
        to, **facts(to, activation, now + timedelta(seconds=1))
    )

    request.refresh_from_db()
    assert bool(moved) == (to in MOVES[source])
    assert request.status == (to if moved else source)


def facts(status: Status, activation: Activation, now: datetime) -> dict[str, Any]:
    """What a row in this state has to say, by the constraints of the table."""
    answered = {} if status == Status.PENDING else {"answered_at": now}
    granted = {} if status in (Status.PENDING, Status.DENIED) else {"activation": activation}
    redeemed = {"redeemed_at": now} if status == Status.REDEEMED else {}
    return {**answered, **granted, **redeemed}


def test_nothing_but_move_writes_a_status() -> None:
    writers = {
        path.name
        for package in ("licensing", "onboarding")
        for path in (Path(settings.BASE_DIR) / package).rglob("*.py")
        if "ActivationRequest" in (source := path.read_text()) and "migrations" not in path.parts
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", "") in ("update", "create", "bulk_create", "bulk_update")
        and any(keyword.arg == "status" for keyword in node.keywords)
    }

    assert writers == {"activation_request.py"}
