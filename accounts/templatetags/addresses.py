"""`{% url %}`, as Django has it, with the addresses that pages show again and again kept.

Built into every template. A list page names ninety addresses, and Django searches its patterns for
each. An address depends on the pattern's name and its arguments alone, so a process keeps the ones
that it made last. Addresses that carry a token are never kept: it is a secret.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from django import template
from django.template import defaulttags
from django.template.base import Parser, Token
from django.template.context import Context
from django.urls import get_resolver, get_script_prefix, get_urlconf, reverse
from django.urls.resolvers import URLResolver
from django.utils.html import conditional_escape

register = template.Library()
_KEPT_ADDRESSES: Final = 4096
_NO_SECRETS: Final = frozenset({"slug", "public_id"})


class AddressNode(defaulttags.URLNode):
    """An address at one place of a page."""

    def render(self, context: Context) -> str:
        name = self.view_name.resolve(context)
        if self.args or self.asvar or ":" in name or not _NO_SECRETS.issuperset(self.kwargs):
            return super().render(context)
        arguments = tuple((key, value.resolve(context)) for key, value in self.kwargs.items())
        # The first two change in tests, and under a server that prefixes every path.
        address = _address(get_resolver(get_urlconf()), get_script_prefix(), name, arguments)
        return conditional_escape(address) if context.autoescape else address


@lru_cache(maxsize=_KEPT_ADDRESSES)
def _address(
    resolver: URLResolver, prefix: str, name: str, arguments: tuple[tuple[str, Any], ...]
) -> str:
    return reverse(name, kwargs=dict(arguments))


@register.tag
def url(parser: Parser, token: Token) -> AddressNode:
    """`{% url name slug=account.slug %}`"""
    node = defaulttags.url(parser, token)
    return AddressNode(node.view_name, node.args, node.kwargs, node.asvar)
