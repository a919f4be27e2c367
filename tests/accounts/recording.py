"""Stands in for the security log, and keeps what it was told."""

from __future__ import annotations

import re
from typing import Any, Final

from django.test import Client

from accounts.web import security_log

FACTS: Final = {"event", "actor", "account", "network", "reason", "method", "route", "request_id"}
Line = dict[str, Any]


class Recorder:
    """Stands in for the log."""

    def __init__(self) -> None:
        self.lines: list[Line] = []

    def info(self, event: str, **facts: object) -> None:
        self.lines.append({"event": event, **facts})

    warning = info

    @property
    def refusals(self) -> list[Line]:
        return [line for line in self.lines if security_log.EVENTS[line["event"]].is_refusal]

    def only(self) -> Line:
        """The one refusal since the last look."""
        (line,) = self.refusals
        assert set(line) - {"target"} == FACTS
        assert line["network"] == "127.0.0.0/24"
        assert re.fullmatch(r"\w{3}-\w{4}", line["request_id"])
        self.lines.clear()
        return line


def told(line: Line) -> tuple[str, str]:
    return line["event"], line["reason"]


def stranger() -> Client:
    return Client(raise_request_exception=False)
