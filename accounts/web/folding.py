"""What a template says at one place, known before it is drawn.

A button has fourteen attributes and a row uses three: whether the others are there was asked at
each use. Here a condition on attributes that are missing, or written in the page as a constant, is
answered once, when the element is first drawn at its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any, Final

from django.template.base import FilterExpression, Node, NodeList, TextNode, Variable, VariableNode
from django.template.context import Context
from django.template.defaulttags import IfNode, TemplateLiteral, WithNode
from django.utils.html import conditional_escape

_ATTRIBUTES: Final = "attrs"


@dataclass(frozen=True)
class Known:
    """The attributes of one place: those with a constant value, and those known when drawn only."""

    constants: Mapping[str, Any]
    later: frozenset[str]

    def has(self, value: FilterExpression) -> bool:
        """Whether the value is the same at every drawing."""
        if value.filters:
            return False
        if not isinstance(value.var, Variable):
            return True
        lookups = value.var.lookups or ()
        return len(lookups) > 1 and lookups[0] == _ATTRIBUTES and lookups[1] not in self.later

    def context(self) -> Any:
        return Context({_ATTRIBUTES: self.constants})


def constant(value: FilterExpression) -> tuple[bool, Any]:
    """Whether an attribute is written as a constant in the page, and that constant."""
    if value.filters:
        return False, None
    if not isinstance(value.var, Variable):
        return True, value.var
    return value.var.lookups == ("True",), True


def folded(nodes: NodeList, known: Known) -> NodeList:
    """The same template for attributes that are known."""
    made = NodeList()
    for node in nodes:
        for each in _fold(node, known):
            if isinstance(each, TextNode) and made and isinstance(made[-1], TextNode):
                made[-1] = TextNode(made[-1].s + each.s)
            else:
                made.append(each)
    return made


def _fold(node: Node, known: Known) -> Iterator[Node]:
    if isinstance(node, IfNode):
        yield from _fold_if(node, known)
    elif isinstance(node, VariableNode) and known.has(node.filter_expression):
        value = node.filter_expression.resolve(known.context())
        yield TextNode(conditional_escape(value))
    elif isinstance(node, WithNode):
        inner = copy(node)
        inner.nodelist = folded(node.nodelist, known)
        yield inner
    else:
        yield node


def _fold_if(node: IfNode, known: Known) -> Iterator[Node]:
    branches: list[tuple[Any, NodeList]] = []
    for condition, nodes in node.conditions_nodelists:
        is_known = condition is None or all(known.has(each) for each in _values(condition))
        if not is_known:
            branches.append((condition, folded(nodes, known)))
        elif condition is None or condition.eval(known.context()):
            branches.append((None, folded(nodes, known)))
            break
    if branches and branches[0][0] is None:
        yield from branches[0][1]
    elif branches:
        open_if = copy(node)
        open_if.conditions_nodelists = branches
        yield open_if


def _values(condition: Any) -> Iterator[FilterExpression]:
    """What an `{% if %}` looks at."""
    if isinstance(condition, TemplateLiteral):
        value: Any = condition.value
        yield value
        return
    for side in (condition.first, condition.second):
        if side is not None:
            yield from _values(side)
