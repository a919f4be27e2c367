"""Requests as they come off the wire: Django's test client sends none of the odd ones."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from onboarding.site.handler import Handler

HOST: Final = "testserver"
PATHS: Final = (
    "/",
    "/start/",
    "/accounts/login/",
    "/support/",
    "/activate/",
    "/oauth/token",
    "/api/v1/instance",
    "/api/v1/purchases",
    "/nowhere/",
    "/healthz",
    "/static/css/base.css",
)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


def ask(
    path: str = "/accounts/login/",
    *,
    method: str = "GET",
    body: bytes = b"",
    **environ: Any,
) -> Answer:
    """What the WSGI application says; an exception on the way to it fails the test."""
    told: dict[str, Any] = {}

    def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> None:
        told.update(status=int(status.split()[0]), headers=dict(headers))

    given = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": HOST,
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "198.51.100.7",
        "HTTP_HOST": HOST,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
    } | environ
    with _connections_kept():
        said: Any = _handler()(given, start_response)
        content = b"".join(said)
        said.close()
    return Answer(told["status"], told["headers"], content)


@cache
def _handler() -> Handler:
    return Handler()


@contextmanager
def _connections_kept() -> Iterator[None]:
    """As Django's client does it: the test's own transaction stays open."""
    ends = (request_started, request_finished)
    for signal in ends:
        signal.disconnect(close_old_connections)
    yield
    for signal in ends:
        signal.connect(close_old_connections)
