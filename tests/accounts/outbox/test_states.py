"""The states of a mail, as drawn in docs/states.md."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from accounts.models.email import MOVES, Status


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
