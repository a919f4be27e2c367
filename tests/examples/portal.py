"""The portal as a console reaches it: over a network that this test can cut, in a time it sets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from django.test import Client
from django.utils import timezone

from accounts.directory.models import BusinessAccount, User
from examples import ras_console
from examples.ras_console import State
from licensing.activation.actions import requests
from licensing.activation.models import ActivationRequest
from licensing.activation.models.choice import ApprovalChoice
from licensing.licenses.models import License
from tests.licensing import license_factories

PORTAL: Final = "http://testserver"


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


class Farm:
    """A console with a state file of its own, and what it said."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str], network: Network) -> None:
        self.folder, self.capsys, self.network = folder, capsys, network
        self.request, self.state = folder / "farm.rasreq", folder / "state.json"
        self.said = ""

    def run(self, *words: str) -> int:
        files = ["--state", str(self.state), "--request", str(self.request)]
        code = ras_console.main([*words, *files])
        printed = self.capsys.readouterr()
        self.said = printed.out + printed.err
        return code

    def holds(self) -> State:
        return State.load(self.state)


def activate(farm: Farm, fake_time: FakeTime, account: BusinessAccount, by: User) -> int:
    """Run `activate`; a person approves while it waits."""

    def approve() -> None:
        now = timezone.now()
        license = License.objects.first() or license_factories.subscription(account, now=now)
        request = ActivationRequest.objects.filter(status="pending").first()
        if request is not None:
            choice = ApprovalChoice(key=license_factories.primary_key(license))
            requests.approve(request=request, account=account, choice=choice, by=by, now=now)

    fake_time.then = approve
    code = farm.run("activate", "--portal", PORTAL, "--name", "Farm One")
    fake_time.then = lambda: None
    return code
