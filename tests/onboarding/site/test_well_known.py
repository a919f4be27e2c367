"""Files at fixed addresses: there for everyone, without a session, and cached."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.directory.models import User
from onboarding.site.views import well_known
from tests.personas import SignIn

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]

ADDRESSES = (
    "/.well-known/security.txt",
    "/.well-known/change-password",
    "/robots.txt",
    "/favicon.ico",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_it_is_there_for_everyone_without_a_query_or_a_session(
    alice: User, sign_in: SignIn, address: str, django_assert_num_queries: Any
) -> None:
    for browser in (Client(), sign_in(alice)):
        browser.cookies.pop("csrf", None)
        with django_assert_num_queries(0):
            answer = browser.get(address)

        assert answer.status_code in (200, 302)
        assert answer["Cache-Control"] == "public, max-age=86400"
        assert "Vary" not in answer
        assert not answer.cookies
        assert browser.head(address).status_code == answer.status_code
        assert browser.post(address).status_code == 405


def test_whoever_found_a_fault_reads_where_to_report_it(settings: Any) -> None:
    text = Client().get("/.well-known/security.txt")

    fields = dict(line.split(": ", 1) for line in text.content.decode().splitlines())
    assert text["Content-Type"] == "text/plain; charset=utf-8"
    assert fields["Contact"] == "mailto:support@portal.example"
    assert fields["Canonical"] == "http://testserver/.well-known/security.txt"
    assert fields["Preferred-Languages"] == "en"
    expires = datetime.fromisoformat(fields["Expires"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00Z", fields["Expires"])
    assert timedelta(days=90) < expires - timezone.now() < timedelta(days=365)

    own = ["https://portal.example/report", "mailto:psirt@portal.example"]
    settings.PORTAL_SECURITY_CONTACT = own
    text = Client().get("/.well-known/security.txt")
    assert re.findall(r"Contact: (\S+)", text.content.decode()) == own


def test_its_end_moves_along_by_the_day() -> None:
    one = well_known._security_txt(now=datetime(2026, 11, 24, 0, 1, tzinfo=UTC))
    other = well_known._security_txt(now=datetime(2026, 11, 24, 23, 59, tzinfo=UTC))
    next_day = well_known._security_txt(now=datetime(2026, 11, 25, tzinfo=UTC))

    assert one == other != next_day


def test_a_password_manager_is_led_to_the_page(alice: User, sign_in: SignIn) -> None:
    answer = sign_in(alice).get("/.well-known/change-password", follow=True)

    assert answer.redirect_chain == [("/accounts/password/change/", 302)]
    assert answer.status_code == 200
    assert Client().get("/.well-known/change-password", follow=True).status_code == 200


def test_the_icon_is_one() -> None:
    answer = Client().get("/favicon.ico")

    assert answer["Content-Type"] == "image/x-icon"
    assert answer.content.startswith(b"\x00\x00\x01\x00\x03\x00")
