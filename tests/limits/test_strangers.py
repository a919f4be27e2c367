"""What strangers make the database keep: no session, and of everything else a bounded number.

`PORTAL_TEST_ROUNDS=10000 pytest tests/limits/test_strangers.py` sends as many requests of strangers
as it says; 600 without it.
"""

from __future__ import annotations

import json
import os
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts import limits
from accounts.directory.models import User
from accounts.limits.models import RateCounter
from tests import factories
from tests.architecture import two_companies as worlds
from tests.architecture.routes import EMBEDDED, all_routes
from tests.architecture.two_companies import TwoCompanies
from tests.licensing import license_factories

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]

ROUNDS: Final = int(os.environ.get("PORTAL_TEST_ROUNDS", "600"))
METHODS: Final = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PROPFIND")
ORIGINS: Final = 3
CSRF: Final = "a" * 32


def counts() -> Counter[str]:
    """How many rows each table has."""
    return Counter({each._meta.label: each._base_manager.count() for each in apps.get_models()})


@pytest.fixture
def world(settings: Any) -> TwoCompanies:
    settings.ROOT_URLCONF = EMBEDDED
    return worlds.make(timezone.now())


def paths(world: TwoCompanies) -> list[str]:
    """Every address of the portal, and those whose query asks for something."""
    routes = [route.path(world, case) for route in all_routes() for case in route.cases()]
    code = license_factories.request(now=timezone.now()).user_code
    asked = (f"/activate/?code={code}", "/activate/?code=BCDF-GHJK", "/start/find/?another=1")
    return [*routes, *asked * 10, "/accounts/2fa/webauthn/login/", "/nowhere/"]


def bodies(number: int) -> dict[str, str]:
    """What a form could ask for, with another address in every request."""
    email = f"stranger{number}@initech.example"
    return {
        "email": email,
        "login": email,
        "password": "not the right one",
        "name": "A Stranger",
        "password1": "a long pass phrase of nobody",
        "key": "RAS1-AAAAA-AAAAA-AAAAA-AAAAA",
        "code": "BCDF-GHJK",
        "subject": "Hello",
        "message": f"Number {number}",
        "colleague": email,
        "credential": "{}",
        "csrfmiddlewaretoken": CSRF,
        "form_token": f"00000000-0000-4000-8000-{number:012d}",
    }


def requests(world: TwoCompanies, seed: int) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """As many requests as wanted: any method, any address, a few origins, odd and good tokens."""
    chance, known = random.Random(seed), paths(world)
    for number in range(ROUNDS):
        extra: dict[str, Any] = {
            "REMOTE_ADDR": f"203.0.{number % ORIGINS}.7",
            "HTTP_HX_REQUEST": chance.choice(["", "true"]),
            "HTTP_X_REQUESTED_WITH": chance.choice(["", "XMLHttpRequest"]),
            "HTTP_REFERER": chance.choice(["", "http://testserver/start/"]),
            "HTTP_ACCEPT_LANGUAGE": chance.choice(["", "de", "*"]),
        }
        yield chance.choice(METHODS), chance.choice(known), extra


def test_requests_that_begin_nothing_leave_no_session(world: TwoCompanies) -> None:
    """Without a CSRF token no form begins anything, whatever is sent."""
    asked = list(requests(world, seed=1))
    Session.objects.all().delete()
    before = counts()
    for number, (method, path, extra) in enumerate(asked):
        stranger = Client(enforce_csrf_checks=True, raise_request_exception=False)
        answer = stranger.generic(
            method,
            path,
            "&".join(f"{name}={quote(value)}" for name, value in bodies(number).items()),
            content_type="application/x-www-form-urlencoded",
            **extra,
        )
        assert answer.status_code < 500, (method, path)
        assert "sid" not in answer.cookies, (method, path)

    assert Session.objects.count() == 0
    grown = {table: more for table, more in (counts() - before).items() if more}
    assert set(grown) <= {"accounts.RateCounter"}, grown
    # Consoles' endpoints and codes in addresses are counted: a few counters for each origin.
    assert grown.get("accounts.RateCounter", 0) <= 12 * ORIGINS


def test_forms_of_strangers_keep_what_the_limits_allow(world: TwoCompanies) -> None:
    """With a token of their own making, which is what bots send."""
    asked = list(requests(world, seed=2))
    Session.objects.all().delete()
    before = counts()
    for number, (_method, path, extra) in enumerate(asked):
        stranger = Client(enforce_csrf_checks=True, raise_request_exception=False)
        stranger.cookies["csrf"] = CSRF
        answer = stranger.post(path, bodies(number), **extra)
        assert answer.status_code < 500, path

    grown = counts() - before
    an_hour = max(rate.amount for rate in limits.RATES["session"] if not rate.in_all)
    assert grown["sessions.Session"] <= an_hour * ORIGINS
    assert grown["accounts.OutboxMail"] <= 200 * ORIGINS
    assert grown["onboarding.SupportMessage"] <= 5 * ORIGINS
    assert grown["accounts.RateCounter"] <= 400 * ORIGINS
    allowed = {"sessions.Session", "accounts.OutboxMail", "onboarding.SupportMessage"}
    others = {table: more for table, more in grown.items() if more and table not in allowed}
    assert sum(others.values()) - others.get("accounts.RateCounter", 0) <= 100 * ORIGINS, others


def test_one_origin_begins_no_counter_for_each_address_it_makes_up() -> None:
    for number in range(100):
        Client().post("/accounts/login/", {"login": f"x{number}@initech.example", "password": "x"})

    # On a busy machine the minute can begin anew: the hour is what bounds it.
    assert RateCounter.objects.count() <= 2 * 60 + 2


def test_many_origins_are_stopped_in_all(monkeypatch: pytest.MonkeyPatch) -> None:
    for action in ("session", "device", "support", "find", "key"):
        assert any(rate.in_all for rate in limits.RATES[action]), action
    few = limits.Rate(3, limits.RATES["session"][0].span, in_all=True)
    monkeypatch.setitem(limits.RATES, "session", (few,))

    answers = [
        Client(REMOTE_ADDR=f"203.0.113.{n}").post("/start/find/", {"email": f"x{n}@fresh.example"})
        for n in range(6)
    ]

    assert [each.status_code for each in answers] == [302] * 3 + [429] * 3
    assert all(each["Retry-After"] for each in answers[3:])
    assert Session.objects.count() == 3


def test_consoles_of_many_networks_are_told_when_to_come_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    few = limits.Rate(2, limits.RATES["device"][0].span, in_all=True)
    monkeypatch.setitem(limits.RATES, "device", (few,))
    details = {
        "type": "ras_activation",
        "mode": "activate",
        "instance_id": "7d3ff6a5-6d0c-4d09-9d3e-0f6a3f0a8f10",
        "instance_name": "Farm",
        "host": "ras.acme.example",
        "version": "21.0",
    }
    form = {
        "client_id": "ras-console",
        "scope": "activate",
        "authorization_details": json.dumps([details]),
    }

    answers = [
        Client(REMOTE_ADDR=f"203.0.113.{n}").post(
            "/oauth/device_authorization",
            "&".join(f"{name}={quote(value)}" for name, value in form.items()),
            content_type="application/x-www-form-urlencoded",
        )
        for n in range(4)
    ]

    assert [each.status_code for each in answers] == [200, 200, 429, 429]
    assert answers[3].json()["error"] == "temporarily_unavailable"
    assert int(answers[3]["Retry-After"]) > 0


def test_what_a_page_says_to_a_stranger_waits_in_the_browser(alice: User) -> None:
    stranger = Client()
    stranger.post("/start/find/", {"code": "BCDF-GHJK"})

    assert "sid" not in stranger.cookies
    assert "requested a code" in stranger.get("/start/find/").content.decode()
    assert "requested a code" not in stranger.get("/start/find/").content.decode()

    person = Client()
    person.post("/accounts/login/", {"login": alice.email, "password": factories.PASSWORD})
    person.post("/accounts/logout/")
    assert "signed out" in person.get("/accounts/login/").content.decode()
    assert Session.objects.count() == 0
