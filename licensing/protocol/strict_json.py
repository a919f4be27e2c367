"""JSON read in one way only (SPEC 5): what parsers disagree about is refused.

`json.loads` takes duplicate keys, NaN, 1e400 and lone surrogates, and falls over deep nesting.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any, Final

from django.utils.translation import gettext as _

MAX_DEPTH: Final = 32
_MAX_INT_DIGITS: Final = 20  # of a signed 64-bit number, with its sign
_MAX_INT: Final = 2**63
# Strings are skipped, so that brackets in them don't count; one without an end matches, too, or the
# search would begin again at each of its quotes.
_STRUCTURE: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?|[\[\]{}]', re.DOTALL)


class NotJson(ValueError):
    """The text isn't JSON, or can be read in more than one way; says in words why."""


def read(body: bytes | str) -> Any:
    """The value that `body` writes, UTF-8 when it is bytes. Raises NotJson.

    Sizes are the caller's to bound. Numbers fit 64 bits; strings hold no NUL.
    """
    text = _decoded(body) if isinstance(body, bytes) else body
    _refuse_depth(text)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_number,
            parse_constant=_constant,
        )
    except NotJson:
        raise
    except ValueError as error:
        raise NotJson(_("This isn't JSON.")) from error
    _refuse_odd_text(value)
    return value


def _decoded(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise NotJson(_("This isn't UTF-8.")) from error


def _refuse_depth(text: str) -> None:
    depth = 0
    for match in _STRUCTURE.finditer(text):
        depth += (match[0] in "[{") - (match[0] in "]}")
        if depth > MAX_DEPTH:
            raise NotJson(_("This is nested more than %(count)d deep.") % {"count": MAX_DEPTH})


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise NotJson(_("A name appears twice in one object."))
    return value


def _integer(digits: str) -> int:
    if len(digits) > _MAX_INT_DIGITS or not -_MAX_INT <= int(digits) < _MAX_INT:
        raise NotJson(_("A number is too large."))
    return int(digits)


def _number(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise NotJson(_("A number is too large."))
    return value


def _constant(name: str) -> Any:
    raise NotJson(_("%(name)s isn't a JSON value.") % {"name": name})


def _refuse_odd_text(value: Any) -> None:
    if isinstance(value, str):
        if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
            raise NotJson(_("A text contains an invalid character."))
    elif isinstance(value, list):
        for each in value:
            _refuse_odd_text(each)
    elif isinstance(value, dict):
        for name, each in value.items():
            _refuse_odd_text(name)
            _refuse_odd_text(each)
