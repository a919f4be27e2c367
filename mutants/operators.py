"""Two kinds of mutants that Cosmic Ray doesn't make by itself: a lost guard and a lost step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

import parso
from cosmic_ray.operators.operator import Example, Operator

Position = tuple[tuple[int, int], tuple[int, int]]

CONDITIONAL_CALLS: Final = {"filter", "exclude", "get", "update", "Q"}


class RemoveCondition(Operator):
    """A query that lost one of its conditions, an update that lost one of its columns."""

    def mutation_positions(self, node: Any) -> Iterator[Position]:
        for argument in _arguments(node):
            yield argument.start_pos, argument.end_pos

    def mutate(self, node: Any, index: int) -> Any:
        argument = _arguments(node)[index]
        place = argument.parent.children
        at = place.index(argument)
        comma_follows = at + 1 < len(place) and place[at + 1].type == "operator"
        del place[at : at + 2 if argument.parent.type == "arglist" and comma_follows else at + 1]
        return node

    @classmethod
    def examples(cls) -> Iterable[Example]:
        return (
            Example("rows.filter(pk=1, open=True)", "rows.filter( open=True)"),
            Example("rows.filter(pk=1, open=True)", "rows.filter(pk=1,)", occurrence=1),
            Example("rows.filter(pk=1)", "rows.filter()"),
        )


class RemoveStatement(Operator):
    """A function that lost a step: a call whose result nobody takes, or a refusal."""

    def mutation_positions(self, node: Any) -> Iterator[Position]:
        if _is_step(node):
            yield node.children[0].start_pos, node.children[0].end_pos

    def mutate(self, node: Any, index: int) -> Any:
        parse: Any = parso.parse  # has no types
        node.children[0] = parse(node.children[0].get_first_leaf().prefix + "pass")
        return node

    @classmethod
    def examples(cls) -> Iterable[Example]:
        return (Example("record(1)\n", "pass\n"), Example("raise Refused\n", "pass\n"))


class Provider:
    """What Cosmic Ray asks for operators."""

    def __iter__(self) -> Iterator[str]:
        return iter(_OPERATORS)

    def __getitem__(self, name: str) -> type[Operator]:
        return _OPERATORS[name]


_OPERATORS: Final[dict[str, type[Operator]]] = {
    operator.__name__: operator for operator in (RemoveCondition, RemoveStatement)
}


def _arguments(node: Any) -> list[Any]:
    """The arguments of a call that is about rows; none if `node` isn't the brackets of one."""
    if node.type != "trailer" or node.children[0].value != "(" or len(node.children) < 3:
        return []
    called = node.get_previous_leaf()
    if called is None or called.value not in CONDITIONAL_CALLS:
        return []
    inside = node.children[1]
    if inside.type != "arglist":
        return [inside]
    return [child for child in inside.children if child.type != "operator"]


def _is_step(node: Any) -> bool:
    if node.type != "simple_stmt":
        return False
    first = node.children[0]
    if first.type == "raise_stmt" or (first.type == "keyword" and first.value == "raise"):
        return True
    return first.type in {"atom_expr", "power"} and first.children[-1].type == "trailer"
