"""A request as WSGI (PEP 3333) wants it, from what granian says of it (RSGI)."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import IO, Any, Final, Protocol

_OWN_NAMES: Final = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}
_JOINED_BY: Final = {"cookie": "; "}


class Headers(Protocol):
    def items(self) -> Iterable[tuple[str, str]]: ...
    def get(self, key: str, default: Any = None) -> Any: ...


class Scope(Protocol):
    """The head of a request (RSGI 1.5)."""

    http_version: str
    server: str
    client: str
    scheme: str
    method: str
    path: str
    query_string: str

    @property
    def headers(self) -> Headers: ...


def environ(scope: Scope, body: IO[bytes], length: int) -> dict[str, Any]:
    """The environment of one request; its length is what was received, not what was announced."""
    server, _, port = scope.server.rpartition(":")
    made: dict[str, Any] = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": _as_latin1(scope.path),
        "QUERY_STRING": _as_latin1(scope.query_string),
        "SERVER_NAME": server.strip("[]"),
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": body,
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope.headers.items():
        key = _OWN_NAMES.get(name) or f"HTTP_{name.upper().replace('-', '_')}"
        made[key] = f"{made[key]}{_JOINED_BY.get(name, ',')}{value}" if key in made else value
    made["CONTENT_LENGTH"] = str(length)
    return made


def _as_latin1(text: str) -> str:
    """The bytes of an address as PEP 3333 spells them: one character each."""
    return text.encode(errors="replace").decode("latin-1")
