"""Django's handler, proof against heads that Django fails to read."""

from __future__ import annotations

import codecs
import re
from typing import Any, Final

from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpResponseBase
from django.utils.http import parse_header_parameters

UNREADABLE: Final = "portal.unreadable"  # for `clean_input`, which says so
_LENGTH: Final = re.compile(r"[0-9]{0,18}")


class Handler(WSGIHandler):
    """Django's handler, which reads what a body is before any middleware runs, and fails on odd
    heads: here they are put aside, and `clean_input` refuses the request in words."""

    def __call__(self, environ: dict[str, Any], start_response: Any) -> HttpResponseBase:
        if not _describes_a_body(environ):
            environ |= {"CONTENT_TYPE": "", "CONTENT_LENGTH": "0", UNREADABLE: "1"}
        answer: HttpResponseBase = super().__call__(environ, start_response)
        return answer


def _describes_a_body(environ: dict[str, Any]) -> bool:
    try:
        _kind, parameters = parse_header_parameters(environ.get("CONTENT_TYPE", ""))
        if codecs.lookup(parameters.get("charset", "utf-8")).name != "utf-8":
            return False  # Django would read the address in it, too
    except Exception:  # the e-mail parser behind it makes no promise about its errors
        return False
    return bool(_LENGTH.fullmatch(environ.get("CONTENT_LENGTH") or ""))
