"""Entering the code, and coming back to it (SPEC 3, journeys 1 and 2; A3)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import resolve, reverse

from accounts.directory.models import BusinessAccount, User
from licensing.activation.models import ActivationRequest
from tests import factories
from tests.licensing import license_factories
from tests.personas import Response, SignIn

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)
WRONG = "BCDF-BCDF"
UNKNOWN = "Code not recognized"


@pytest.fixture
def asked(now: datetime) -> ActivationRequest:
    return license_factories.request(now=now)


def enter(browser: Client, code: str | None) -> Response:
    return browser.post(reverse("activate"), {"code": code})


def as_it_stands(asked: ActivationRequest) -> Any:
    return ActivationRequest.objects.filter(pk=asked.pk).values().get()


def test_signed_out_the_code_leads_through_the_guide_and_back(
    client: Client, asked: ActivationRequest
) -> None:
    answer = enter(client, asked.display_code)

    where = urlsplit(answer["Location"])
    assert where.path == reverse("guide")
    assert parse_qs(where.query) == {"task": ["activate"], "next": [asked.get_absolute_url()]}
    assert "Activating <b>Farm One</b> on ras1.acme.example, version 20.0" in str(
        client.get(answer["Location"]).content
    )


def test_an_upgrade_tells_the_guide_its_versions(client: Client, now: datetime) -> None:
    asked = license_factories.request(now=now, mode="upgrade", from_version="14.1", version="20.2")

    answer = enter(client, asked.user_code)

    query = parse_qs(urlsplit(answer["Location"]).query)
    assert (query["task"], query["from_version"], query["to_version"]) == (
        ["upgrade"],
        ["14.1"],
        ["20.2"],
    )
    assert "from version 14.1 to 20.2" in client.get(answer["Location"]).content.decode()


@pytest.mark.parametrize(
    ("version", "leads_to"), [("14.9", "guide"), ("15.0", "activation_request")]
)
def test_signed_in_as_well_an_upgrade_below_15_is_told_that_it_needs_no_account(
    version: str, leads_to: str, sign_in: SignIn, alice: User, acme: BusinessAccount, now: datetime
) -> None:
    asked = license_factories.request(now=now, mode="upgrade", from_version="13", version=version)
    browser = sign_in(alice)

    answer = enter(browser, asked.user_code)

    assert resolve(urlsplit(answer["Location"]).path).url_name == leads_to
    if leads_to == "guide":
        page = browser.get(answer["Location"]).content.decode()
        assert "You don&#x27;t need a business account for this upgrade." in page
        assert f'href="{asked.get_absolute_url()}"' in page


@pytest.mark.parametrize("page", ["account_login", "account_signup", "account_reset_password"])
def test_every_page_on_the_way_says_which_instance(
    page: str, client: Client, asked: ActivationRequest
) -> None:
    enter(client, asked.user_code)

    assert "Activating <b>Farm One</b>" in client.get(reverse(page)).content.decode()


def test_signing_in_leads_back_to_the_request(
    client: Client, asked: ActivationRequest, acme: BusinessAccount, alice: User
) -> None:
    enter(client, asked.user_code)
    here = asked.get_absolute_url()

    form = {"login": alice.email, "password": factories.PASSWORD, "next": here}
    signed_in = client.post(reverse("account_login"), form)

    assert signed_in["Location"] == here
    license_page = client.get(here)["Location"]
    assert license_page == f"{here}license/?account={acme.slug}"


@pytest.mark.parametrize("spelling", ["{0}-{1}", "{0}{1}", " {0} {1} ", "{0}–{1}"])
def test_the_code_is_found_in_any_spelling(
    spelling: str, asked: ActivationRequest, alice: User, sign_in: SignIn
) -> None:
    code = asked.user_code or ""

    answer = enter(sign_in(alice), spelling.format(code[:4].lower(), code[4:]))

    assert answer["Location"] == asked.get_absolute_url()


def test_the_link_brings_the_code_along_and_changes_nothing(
    asked: ActivationRequest, alice: User, sign_in: SignIn
) -> None:
    before = as_it_stands(asked)
    browser = sign_in(alice)

    answer = browser.get(reverse("activate"), {"code": asked.display_code})
    browser.get(answer["Location"], follow=True)

    assert answer["Location"] == asked.get_absolute_url()
    assert as_it_stands(asked) == before


def wrong_codes(asked: ActivationRequest, bob: User, now: datetime) -> dict[str, str | None]:
    mine = license_factories.request(now=now, claimed_by=bob)
    ended = license_factories.request(now=now - 31 * MINUTE, expires_at=now - MINUTE)
    answered = license_factories.request(now=now, status="denied", answered_at=now)
    return {
        "unknown": WRONG,
        "no code at all": "hello",
        "ended": ended.user_code,
        "answered": answered.user_code,
        "claimed by somebody else": mine.user_code,
    }


@pytest.mark.parametrize(
    "which", ["unknown", "no code at all", "ended", "answered", "claimed by somebody else"]
)
def test_every_wrong_code_gets_the_same_answer(
    which: str, asked: ActivationRequest, alice: User, bob: User, sign_in: SignIn, now: datetime
) -> None:
    code = wrong_codes(asked, bob, now)[which]

    page = enter(sign_in(alice), code)

    assert page.status_code == 200
    assert page.context["form"].errors["code"] == [
        "Code not recognized. Codes are valid for 30 minutes. Check it, or start again."
    ]


@pytest.mark.parametrize("code", ["", " ", "X" * 41])
def test_what_can_be_no_code_is_told_at_the_field(code: str, client: Client) -> None:
    page = enter(client, code)

    assert page.status_code == 200
    assert "code" in page.context["form"].errors


def test_a_person_guesses_five_times_in_ten_minutes(
    asked: ActivationRequest, alice: User, sign_in: SignIn
) -> None:
    browser = sign_in(alice)
    guesses = [enter(browser, WRONG).status_code for _ in range(6)]

    assert guesses == [200] * 5 + [429]
    assert enter(browser, asked.user_code).status_code == 429
    assert "activating" not in browser.cookies


def test_an_origin_guesses_ten_times_in_ten_minutes(asked: ActivationRequest) -> None:
    guesses = [enter(Client(), WRONG).status_code for _ in range(11)]

    assert guesses == [200] * 10 + [429]


def test_right_codes_and_those_known_here_cost_nothing(
    asked: ActivationRequest, alice: User, sign_in: SignIn, now: datetime
) -> None:
    browser = sign_in(alice)
    for _ in range(8):
        assert enter(browser, license_factories.request(now=now).user_code).status_code == 302
    enter(browser, asked.user_code)
    for _ in range(6):
        enter(browser, WRONG)

    assert enter(browser, asked.user_code)["Location"] == asked.get_absolute_url()
