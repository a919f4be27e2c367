"""Pages cost what they cost today: counted in calls of Python, which no busy machine changes.

`python -m benchmarks.instructions` counts the same in instructions, beside a plain Django page.
"""

from __future__ import annotations

import sys
from datetime import datetime
from types import FrameType
from typing import Final

import pytest
from django.test import Client
from django.urls import reverse

from accounts.directory.models import BusinessAccount, User
from tests import factories
from tests.licensing import license_factories, many_instances
from tests.personas import SignIn

pytestmark = pytest.mark.django_db
ROWS: Final = 25
# Page → calls that a request may take. Beside each, what it took on 2026-11-24.
MAX_CALLS_SIGNED_OUT: Final = {
    "guide": 5_300,  # 4_819
    "account_login": 6_800,  # 6_175
    "account_signup": 7_900,  # 7_159
    "account_reset_password": 5_100,  # 4_571
    "find": 5_400,  # 4_871
    "activate": 5_900,  # 5_320
    "support": 7_100,  # 6_415
}
MAX_CALLS_OF_LISTS: Final = {
    "license_list": 32_500,  # 29_419
    "instance_list": 37_200,  # 33_782
    "member_list": 51_800,  # 47_062
}


def calls(browser: Client, address: str) -> int:
    """Functions of Python called for one request, the test client's own among them."""
    for _warming_up in range(2):
        assert browser.get(address).status_code == 200
    counted = 0

    def count(frame: FrameType, event: str, arg: object) -> None:
        nonlocal counted
        counted += event == "call"

    sys.setprofile(count)
    try:
        browser.get(address)
    finally:
        sys.setprofile(None)
    return counted


@pytest.mark.parametrize("name", MAX_CALLS_SIGNED_OUT)
def test_a_page_for_strangers_is_cheap(client: Client, name: str) -> None:
    assert calls(client, reverse(name)) <= MAX_CALLS_SIGNED_OUT[name]


@pytest.mark.parametrize("name", MAX_CALLS_OF_LISTS)
def test_a_list_of_25_rows_is_cheap(
    acme: BusinessAccount, alice: User, sign_in: SignIn, now: datetime, name: str
) -> None:
    factories.crowd(acme, ROWS - 1)
    licenses = [
        license_factories.subscription(acme, name=f"Site {number}", now=now)
        for number in range(ROWS)
    ]
    key = license_factories.primary_key(licenses[-1])
    many_instances.make(acme, key, ROWS, now=now)

    found = calls(sign_in(alice), reverse(name, kwargs={"slug": acme.slug}))

    assert found <= MAX_CALLS_OF_LISTS[name]
