"""Mutants that say nothing are not made."""

from __future__ import annotations

from pathlib import Path

import pytest
from cosmic_ray.work_item import MutationSpec

from mutants.relevance import is_relevant

CODE = """\
@dataclass
@atomic
def sum(a: int | None, *, b: int = 2 * 3) -> int | None:
    return a | 1
"""


@pytest.mark.parametrize(
    ("operator", "start", "end", "relevant"),
    [
        ("core/ReplaceBinaryOperator_BitOr_BitAnd", (4, 13), (4, 14), True),
        ("core/ReplaceBinaryOperator_BitOr_Add", (4, 13), (4, 14), False),
        ("core/ReplaceBinaryOperator_BitOr_BitAnd", (3, 15), (3, 16), False),
        ("core/ReplaceBinaryOperator_BitOr_BitAnd", (3, 45), (3, 46), False),
        ("core/ReplaceBinaryOperator_Mul_Div", (3, 23), (3, 24), False),
        ("core/ReplaceBinaryOperator_Mul_Div", (3, 37), (3, 38), True),
        ("core/RemoveDecorator", (1, 0), (2, 0), False),
        ("core/RemoveDecorator", (2, 0), (3, 0), True),
        ("portal/RemoveStatement", (4, 4), (4, 9), True),
    ],
)
def test_types_and_what_the_language_refuses_are_left_alone(
    operator: str, start: tuple[int, int], end: tuple[int, int], *, relevant: bool, tmp_path: Path
) -> None:
    module = tmp_path / "sum.py"
    module.write_text(CODE)

    assert is_relevant(MutationSpec(module, operator, 0, start, end)) is relevant
