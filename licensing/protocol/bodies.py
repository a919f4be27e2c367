"""Reads request bodies in one way, and reports errors in our own words (SPEC 5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja.parser import Parser

from licensing.protocol import strict_json
from licensing.protocol.problems import ApiProblem, FieldError

MAX_BODY_BYTES: Final = 64 * 1024  # bytes


class StrictParser(Parser):
    """Bodies are one JSON object, in UTF-8, of at most 64 KB. Raises Problem."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        charset = (request.content_params or {}).get("charset", "utf-8")
        if request.content_type != "application/json" or charset.lower() not in ("utf-8", "utf8"):
            raise ApiProblem("not_json")
        if len(request.body) > MAX_BODY_BYTES:
            raise ApiProblem("body_too_large")
        try:
            body = strict_json.read(request.body)
        except strict_json.NotJson as error:
            raise ApiProblem("body_unreadable", str(error)) from error
        if not isinstance(body, dict):
            raise ApiProblem("fields_invalid", errors=[at("", _("This must be an object."))])
        return body


def at(pointer: str, detail: str) -> FieldError:
    return FieldError(pointer=pointer, detail=detail)


def errors_of(found: list[dict[str, Any]]) -> list[FieldError]:
    """What the schema found wrong, each with its place and a sentence of ours."""
    return [at(_pointer(error["loc"]), _sentence(error)) for error in found]


def _pointer(place: tuple[str | int, ...]) -> str:
    """The place as RFC 6901 pointer; its first two parts are the framework's own."""
    parts = (str(part).replace("~", "~0").replace("/", "~1") for part in place[2:])
    return "".join(f"/{part}" for part in parts)


def _sentence(error: Mapping[str, Any]) -> str:
    sentence = _SENTENCES.get(error["type"])
    limits = {key: value for key, value in error.get("ctx", {}).items() if key != "error"}
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])
    return str(sentence) % limits if sentence else str(error["msg"])


_SENTENCES: Final = {
    "missing": gettext_lazy("This field is required."),
    "extra_forbidden": gettext_lazy("This field is unknown."),
    "model_type": gettext_lazy("This must be an object."),
    "model_attributes_type": gettext_lazy("This must be an object."),
    "list_type": gettext_lazy("This must be a list."),
    "string_type": gettext_lazy("This must be text."),
    "int_type": gettext_lazy("This must be a whole number."),
    "greater_than_equal": gettext_lazy("This must be %(ge)s or more."),
    "less_than_equal": gettext_lazy("This must be %(le)s or less."),
    "string_too_short": gettext_lazy("This must not be empty."),
    "string_too_long": gettext_lazy("Use at most %(max_length)s characters."),
    "too_long": gettext_lazy("Send at most %(max_length)s entries."),
    "string_pattern_mismatch": gettext_lazy("This doesn't have the right form."),
    "literal_error": gettext_lazy("This must be %(expected)s."),
}
