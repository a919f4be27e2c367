"""`{% element %}`, `{% slot %}` and `{% setvar %}`, as allauth has them, for less.

The settings put this library in the place of allauth's own, so that its pages and ours are drawn by
the same elements. An element is one file in `templates/allauth/elements/`. It is looked up once for
each place that uses it, cut down to what that place needs (`accounts.web.folding`), and rendered
where it stands; allauth's own tag looks for two files at each use and copies the whole context.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from django import template
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template.base import FilterExpression, NodeList, Parser, Token, token_kwargs
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from accounts.web import folding

register = template.Library()
_FILLED: Final = "elements.slots"
_DEFAULT: Final = "default"


class _Given(dict[str, Any]):
    """What an element was given. What is missing is empty, found at once: Django's own search for
    a missing name costs ten times a hit, and most attributes of most elements are not given."""

    def __missing__(self, name: str) -> str:
        return ""


def _split_tags(attrs: _Given) -> None:
    if tags := attrs.get("tags"):
        attrs["tags"] = [tag.strip() for tag in tags.split(",")]


class ElementNode(template.Node):
    """An element at one place of a page: its attributes, and what stands in its slots."""

    def __init__(
        self, name: str, attributes: dict[str, FilterExpression], nodelist: NodeList
    ) -> None:
        self.name = f"allauth/elements/{name}.html"
        self.attributes = list(attributes.items())
        self.nodelist = nodelist
        self.has_slots = bool(nodelist.get_nodes_by_type(SlotNode))
        self.drawing: tuple[Any, NodeList] | None = None

    def render(self, context: Context) -> SafeString:
        if self.drawing is None:
            self.drawing = self._drawing(context)
        file, nodes = self.drawing
        attrs = _Given()
        for name, value in self.attributes:
            attrs[name] = value.resolve(context)
        _split_tags(attrs)
        own = {"attrs": attrs, "slots": self._slots(context)}
        state = context.render_context
        # As `push()` and `push_state(file)` do it, without their two context managers.
        around, state.template = state.template, file
        state.dicts.append({})
        context.dicts.append(own)
        try:
            return nodes.render(context)
        finally:
            context.dicts.pop()
            state.dicts.pop()
            state.template = around

    def _drawing(self, context: Context) -> tuple[Any, NodeList]:
        """The element's file, and what it comes to at this place."""
        file: Any = context.template.engine.get_template(self.name)  # type: ignore[union-attr]
        constants, later = _Given(), set()
        for name, value in self.attributes:
            is_constant, constants[name] = folding.constant(value)
            if not is_constant:
                later.add(name)
                del constants[name]
        _split_tags(constants)
        return file, folding.folded(file.nodelist, folding.Known(constants, frozenset(later)))

    def _slots(self, context: Context) -> dict[str, list[str]]:
        slots = _Given()
        if self.has_slots:
            with context.render_context.push(**{_FILLED: slots}):
                slots[_DEFAULT] = [self.nodelist.render(context)]
        else:
            slots[_DEFAULT] = [self.nodelist.render(context)]
        return slots


class SlotNode(template.Node):
    """Within the use of an element: what is put in. Within an element's file: where it comes out,
    or what stands there when nothing was put in."""

    def __init__(self, name: str, nodelist: NodeList) -> None:
        self.name = name
        self.nodelist = nodelist

    def render(self, context: Context) -> str:
        filled = context.render_context.get(_FILLED)
        if filled is None:
            put_in: dict[str, list[str]] = context["slots"]
            if self.name in put_in:
                return "".join(put_in[self.name])
            return self.nodelist.render(context)
        with context.push():
            filled.setdefault(self.name, []).append(self.nodelist.render(context))
        return ""


class SetVarNode(template.Node):
    """A name for what stands in between."""

    def __init__(self, name: str, nodelist: NodeList) -> None:
        self.name = name
        self.nodelist = nodelist

    def render(self, context: Context) -> str:
        context[self.name] = mark_safe(self.nodelist.render(context).strip())  # noqa: S308
        return ""


@register.tag
def element(parser: Parser, token: Token) -> ElementNode:
    """`{% element name attribute=value %}…{% endelement %}`"""
    _tag, *bits = token.split_contents()
    if not bits or "=" in bits[0]:
        raise template.TemplateSyntaxError("An element needs a name: {% element button %}")
    name, *given = bits
    attributes = token_kwargs(given, parser)
    if given:
        raise template.TemplateSyntaxError(f"Not an attribute of an element: {given[0]}")
    return ElementNode(name, attributes, _up_to(parser, "endelement"))


@register.tag
def slot(parser: Parser, token: Token) -> SlotNode:
    """`{% slot name %}…{% endslot %}`"""
    bits = token.split_contents()
    return SlotNode(bits[1] if len(bits) > 1 else _DEFAULT, _up_to(parser, "endslot"))


@register.tag
def setvar(parser: Parser, token: Token) -> SetVarNode:
    """`{% setvar name %}…{% endsetvar %}`"""
    bits = token.split_contents()
    if len(bits) != 2:
        raise template.TemplateSyntaxError("A variable needs a name: {% setvar lede %}")
    return SetVarNode(bits[1], _up_to(parser, "endsetvar"))


@register.simple_tag
def icon(name: str, css_class: str = "icon") -> SafeString:
    """A picture of `static/icons.svg`, for eyes only: the words beside it say the same."""
    return _picture(staticfiles_storage.url("icons.svg"), name, css_class)


@lru_cache(maxsize=256)
def _picture(file: str, name: str, css_class: str) -> SafeString:
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        css_class,
        file,
        name,
    )


def _up_to(parser: Parser, end: str) -> NodeList:
    nodelist = parser.parse((end,))
    parser.delete_first_token()
    return nodelist
