"""The states of a mail, as drawn in docs/states.md."""

from __future__ import annotations

import ast
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings

from accounts.outbox.models import MOVES, OutboxMail, Status
from tests.accounts.outbox.conftest import Post


def diagram() -> str:
    ends = [f"    {state} --> [*]" for state in Status if not MOVES[state]]
    moves = [f"    {a} --> {b}" for a in Status for b in Status if b in MOVES[a]]
    lines = ["    [*] --> queued", *moves, *ends]
    return "\n".join(["```mermaid", "stateDiagram-v2", *lines, "```"])


def test_the_drawn_states_are_the_moves_of_the_code() -> None:
    page = (Path(settings.BASE_DIR) / "docs" / "states.md").read_text()

    assert diagram() in page, f"Put this into docs/states.md:\n{diagram()}"


def test_every_state_says_where_it_leads() -> None:
    assert set(MOVES) == set(Status)


@pytest.mark.django_db
@pytest.mark.embedded
@pytest.mark.parametrize("to", Status)
@pytest.mark.parametrize("source", Status)
def test_a_mail_moves_where_the_table_says_and_nowhere_else(
    source: Status, to: Status, post: Post, now: datetime
) -> None:
    mail = post()
    leased = {"lease": mail.public_id, "lease_until": now + timedelta(seconds=150)}
    facts = leased if source == Status.SENDING else {}
    bodies = {} if MOVES[source] else {"text": "", "html": ""}
    OutboxMail.objects.filter(pk=mail.pk).update(status=source, **facts, **bodies)

    moved = OutboxMail.objects.filter(pk=mail.pk).move(
        to, **(leased if to == Status.SENDING else {})
    )

    mail.refresh_from_db()
    assert bool(moved) == (to in MOVES[source])
    assert mail.status == (to if moved else source)
    assert bool(mail.text) == bool(MOVES[Status(mail.status)])
    assert (mail.lease is None) == (mail.status != Status.SENDING)


def test_nothing_but_move_writes_a_status() -> None:
    writers = [
        (path.name, node.lineno)
        for package in ("accounts", "licensing", "onboarding")
        for path in (Path(settings.BASE_DIR) / package).rglob("*.py")
        if "OutboxMail" in (source := path.read_text()) and "migrations" not in path.parts
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", "") in ("update", "create", "bulk_create", "bulk_update")
        and any(keyword.arg == "status" for keyword in node.keywords)
    ]

    assert [name for name, _ in writers] == ["models.py"]
