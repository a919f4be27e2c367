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
    "guide": 5_700,  # 5_137
    "account_login": 7_300,  # 6_568
    "account_signup": 8_500,  # 7_635
    "account_reset_password": 5_500,  # 4_901
    "find": 5_800,  # 5_204
    "activate": 6_300,  # 5_707
    "support": 7_500,  # 6_801
}
MAX_CALLS_OF_LISTS: Final = {
    "license_list": 35_000,  # 31_819
    "instance_list": 38_500,  # 34_774
    "member_list": 55_500,  # 50_360
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
