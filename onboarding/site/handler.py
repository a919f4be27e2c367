"""Django's handler, proof against heads that Django fails to read."""

from __future__ import annotations

import codecs
import re
from typing import Any, Final

from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpResponseBase
from django.utils.http import parse_header_parameters

UNREADABLE: Final = "portal.unreadable"  # for `clean_input`, which says so
BY_ITS_TYPE: Final = "type"
BY_ITS_LENGTH: Final = "length"
_LENGTH: Final = re.compile(r"[0-9]{0,18}")


class Handler(WSGIHandler):
    """Django's handler, which reads what a body is before any middleware runs, and fails on odd
    heads: here they are put aside, and `clean_input` refuses the request in words."""

    def __call__(self, environ: dict[str, Any], start_response: Any) -> HttpResponseBase:
        if fault := _fault(environ):
            environ |= {"CONTENT_TYPE": "", "CONTENT_LENGTH": "0", UNREADABLE: fault}
        answer: HttpResponseBase = super().__call__(environ, start_response)
        return answer


def _fault(environ: dict[str, Any]) -> str:
    """What keeps the body from being read; empty when nothing does."""
    if not _LENGTH.fullmatch(environ.get("CONTENT_LENGTH") or ""):
        return BY_ITS_LENGTH
    try:
        _kind, parameters = parse_header_parameters(environ.get("CONTENT_TYPE", ""))
        if codecs.lookup(parameters.get("charset", "utf-8")).name != "utf-8":
            return BY_ITS_TYPE  # Django would read the address in it, too
    except Exception:  # the e-mail parser behind it makes no promise about its errors
        return BY_ITS_TYPE
    return ""
