"""What a browser remembers of the instances whose code was entered in it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.directory.models import BusinessAccount, User
from accounts.web import signed_cookies
from licensing.activation.reading import remembered_requests
from tests.licensing import license_factories
from tests.personas import SignIn

pytestmark = pytest.mark.django_db


def test_the_latest_that_still_waits_is_the_one_to_speak_of(
    rf: RequestFactory, now: datetime
) -> None:
    request = rf.get("/")
    first, second = (
        license_factories.request(now=now),
        license_factories.request(now=now, instance_name="Farm Two"),
    )
    remembered_requests.remember(request, first)
    remembered_requests.remember(request, second)

    latest = remembered_requests.latest(request, now)
    remembered_requests.forget(request, second)
    before = remembered_requests.latest(request, now)

    assert latest is not None
    assert before is not None
    assert (latest.name, before.name) == ("Farm Two", "Farm One")
    assert remembered_requests.latest(request, now + timedelta(minutes=30)) is None


def test_five_are_remembered_and_entering_one_again_makes_no_sixth(
    rf: RequestFactory, now: datetime
) -> None:
    request = rf.get("/")
    asked = [license_factories.request(now=now) for _ in range(6)]
    for each in [*asked, asked[-1]]:
        remembered_requests.remember(request, each)

    assert [remembered_requests.knows(request, each) for each in asked] == [False] + [True] * 5


def test_long_names_fit_a_browsers_cookie(rf: RequestFactory, now: datetime) -> None:
    request, answer = rf.get("/"), HttpResponse()
    asked = [
        license_factories.request(
            now=now, instance_name="".join(map(chr, range(0x4E00 + n, 0x4E3C + n)))
        )
        for n in range(0, 5000, 1000)
    ]
    for each in asked:
        remembered_requests.remember(request, each)
    signed_cookies.put(request, answer)

    assert len(answer.cookies["activating"].OutputString()) < 4096
    assert remembered_requests.knows(request, asked[-1])


def test_the_portal_leads_back_to_what_was_begun(
    acme: BusinessAccount, alice: User, sign_in: SignIn, now: datetime
) -> None:
    asked = license_factories.request(now=now, host="")
    browser = sign_in(alice)
    browser.get(reverse("activate"), {"code": asked.display_code})

    page = browser.get(reverse("member_list", kwargs={"slug": acme.slug})).content.decode()

    assert "Activating <b>Farm One</b>, version 20.0" in page
    assert f'href="{asked.get_absolute_url()}"' in page


def test_who_entered_nothing_is_told_nothing(client: Client, now: datetime) -> None:
    license_factories.request(now=now)

    assert "Activating <b>" not in client.get(reverse("account_login")).content.decode()
