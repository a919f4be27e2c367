"""A template cut down for one place says what the whole one would say there."""

from __future__ import annotations

from typing import Any

import pytest
from django.template import Context, Template
from django.template.base import TextNode
from django.template.defaulttags import IfNode

from accounts.web.folding import Known, folded

ELEMENT = (
    '<a{% if attrs.id %} id="{{ attrs.id }}"{% endif %}{% if "small" in attrs.tags %} small'
    "{% elif attrs.wide or attrs.href %} wide{% else %} plain{% endif %}>{{ attrs.word }}"
    "{% if attrs.word and outer %}!{% endif %}{% with x=attrs.id %}{% if attrs.no %}{{ x }}"
    "{% endif %}{% endwith %}</a>"
)


class Given(dict[str, Any]):
    def __missing__(self, name: str) -> str:
        return ""


@pytest.mark.parametrize(
    "constants",
    [{}, {"id": "a&b"}, {"tags": ["small"]}, {"wide": True}, {"word": "<b>", "no": "x"}],
)
@pytest.mark.parametrize("later", [{}, {"href": "/x/"}, {"href": ""}, {"word": "<i>"}])
@pytest.mark.parametrize("outer", [True, False])
def test_it_says_the_same(constants: dict[str, Any], later: dict[str, Any], outer: bool) -> None:
    whole = Template(ELEMENT)
    fixed = {name: value for name, value in constants.items() if name not in later}
    known = Known(Given(fixed), frozenset(later))
    context = Context({"attrs": Given(fixed | later), "outer": outer})
    context.template = whole

    cut = folded(whole.nodelist, known).render(context)

    assert cut == whole.nodelist.render(context)


def test_what_is_known_is_not_asked_again() -> None:
    known = Known(Given({"id": "a", "wide": True, "word": "Go"}), frozenset())

    nodes = folded(
        Template("{% if attrs.id %}{{ attrs.id }}{% endif %}-{{ attrs.word }}").nodelist, known
    )

    assert [type(node) for node in nodes] == [TextNode]
    assert nodes[0].s == "a-Go"  # type: ignore[attr-defined]


def test_what_is_known_later_is_still_asked() -> None:
    known = Known(Given(), frozenset({"id"}))

    nodes = folded(Template("{% if attrs.id %}x{% endif %}").nodelist, known)

    assert [type(node) for node in nodes] == [IfNode]
