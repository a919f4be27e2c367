"""What the list of instances is narrowed to."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone

from accounts.directory.models import BusinessAccount
from licensing.fleet.reading import instance_filter
from licensing.licenses.models import Key
from tests.licensing import license_factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def key(acme: BusinessAccount, now: datetime) -> Key:
    return license_factories.primary_key(license_factories.subscription(acme, now=now))


def names(account: BusinessAccount, query: str) -> list[str]:
    """The names that an address means, in order."""
    filters = instance_filter.read(QueryDict(query), account)
    return [each.name for each in filters.by_name(timezone.now(), None)]


@pytest.fixture
def one_of_each(acme: BusinessAccount, key: Key, now: datetime) -> None:
    """An instance in each state that the list can be narrowed to."""
    long_ago = now - timedelta(days=20)
    license_factories.licensed(acme, key, now, "fine")
    license_factories.licensed(acme, key, now, "waits", collected_at=None)
    license_factories.licensed(acme, key, now, "silent", last_seen_at=long_ago)
    license_factories.licensed(acme, key, now, "over", over_since=now - timedelta(days=2))
    license_factories.licensed(acme, key, now, "limited", over_since=now - timedelta(days=8))
    license_factories.licensed(acme, key, now, "offline", last_seen_at=long_ago, channel="offline")
    license_factories.instance(acme, now=now, name="deactivated")
    license_factories.instance(acme, now=now, name="lost", lost_at=now)


@pytest.mark.usefixtures("one_of_each")
@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("", ["deactivated", "fine", "limited", "lost", "offline", "over", "silent", "waits"]),
        ("licensed", ["fine", "limited", "offline", "over", "silent", "waits"]),
        ("waiting", ["waits"]),
        ("silent", ["silent"]),
        ("over", ["limited", "over"]),
        ("limited", ["limited"]),
        ("offline", ["offline"]),
        ("deactivated", ["deactivated"]),
        ("lost", ["lost"]),
    ],
)  # fmt: skip
def test_the_list_narrows_to_a_state(
    state: str, expected: list[str], acme: BusinessAccount
) -> None:
    assert names(acme, f"state={state}") == expected


def test_the_list_narrows_to_a_version_a_license_and_a_key(
    acme: BusinessAccount, key: Key, now: datetime
) -> None:
    other = license_factories.subscription(acme, now=now, name="Other")
    cut = license_factories.key(key.license, now=now, reserved=5, name="Graz")
    license_factories.licensed(acme, key, now, "a", version="20.1.3")
    license_factories.licensed(acme, cut, now, "b", version="21.0")
    license_factories.licensed(acme, license_factories.primary_key(other), now, "c", version="21")

    assert names(acme, "version=20") == ["a"]
    assert names(acme, "version=21") == ["b", "c"]
    assert names(acme, "version=2") == ["a", "b", "c"]
    assert names(acme, f"license={key.license.public_id}") == ["a", "b"]
    assert names(acme, f"key={cut.public_id}") == ["b"]
    assert names(acme, f"license={other.public_id}&version=20") == []


def test_the_list_is_searched_by_name_host_and_id(acme: BusinessAccount, now: datetime) -> None:
    number = uuid.uuid4()
    license_factories.instance(acme, now=now, name="Wien")
    license_factories.instance(acme, now=now, name="Graz", host="wien-2.acme.example")
    license_factories.instance(acme, now=now, name="Linz", instance_id=number)

    assert names(acme, "q=WIEN") == ["Graz", "Wien"]
    assert names(acme, f"q={str(number).upper()}") == ["Linz"]
    assert names(acme, "q=%25") == []
