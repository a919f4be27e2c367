"""The portal as a console reaches it: over a network that this test can cut, in a time it sets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
from django.test import Client

Answer = tuple[bool, dict[str, Any]] | None


class FakeTime:
    """A clock that only sleeping moves; `then` runs after each sleep."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []
        self.then: Callable[[], object] = lambda: None

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept.append(seconds)
        self.then()


class Network(httpx.BaseTransport):
    """Carries requests to the portal in this process, unless it is cut."""

    def __init__(self) -> None:
        self.browser = Client()
        self.is_cut = False
        self.paths: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.paths.append(request.url.path)
        if self.is_cut:
            raise httpx.ConnectError("no route", request=request)
        answer = self.browser.generic(
            request.method,
            request.url.path,
            request.read(),
            content_type=request.headers.get("Content-Type", "application/octet-stream"),
            headers={"Authorization": request.headers.get("Authorization", "")},
        )
        return httpx.Response(answer.status_code, content=answer.content)
