"""Inputs of forms, written without a template: two of Django's for each field cost more than the
page around them."""

from __future__ import annotations

from typing import Any, Final

from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

_KINDS: Final = ("text", "number", "email", "url", "password", "hidden", "search", "tel")
# Widgets that are one `<input>`; Django draws the others by its own templates.
_INPUTS: Final = {f"django/forms/widgets/{kind}.html" for kind in (*_KINDS, "checkbox")}
# These are one, too, unless they stand in a label.
_OPTIONS: Final = {f"django/forms/widgets/{kind}_option.html" for kind in ("radio", "checkbox")}


class FormRenderer(DjangoTemplates):
    """Django's own renderer, but for the inputs."""

    def render(
        self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None
    ) -> str:
        widget = context.get("widget", {})
        is_bare_option = template_name in _OPTIONS and not widget.get("wrap_label")
        if template_name in _INPUTS or is_bare_option:
            return _input(widget)
        return super().render(template_name, context, request)


def _input(widget: dict[str, Any]) -> SafeString:
    """As `django/forms/widgets/input.html` has it."""
    attributes: dict[str, object] = {"type": widget["type"], "name": widget["name"]}
    if widget["value"] is not None:
        attributes["value"] = str(widget["value"])
    attributes |= widget["attrs"]
    written = format_html("<{}", "input")
    for name, value in attributes.items():
        if value is not False:
            written += _attribute(name, value)
    return format_html("{}>", written)


def _attribute(name: str, value: object) -> SafeString:
    return format_html(" {}", name) if value is True else format_html(' {}="{}"', name, str(value))
