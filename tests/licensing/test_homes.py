"""Which business account an instance belongs to (SPEC A4)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from accounts.models import BusinessAccount, User
from accounts.permissions import Role
from licensing import homes
from tests import factories
from tests.licensing import stock
from tests.personas import membership_of

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def eve(acme: BusinessAccount, globex: BusinessAccount) -> User:
    """Manages licenses of both companies."""
    user = factories.person("eve@winter.example")
    factories.member(acme, user, Role.LICENSE_MANAGER)
    factories.member(globex, user, Role.LICENSE_MANAGER)
    return user


def test_nobody_has_instances_so_there_is_no_home(
    acme: BusinessAccount, globex: BusinessAccount, eve: User
) -> None:
    farm = stock.installation()

    assert homes.home_account(by=eve, installation=farm) is None
    assert homes.would_split(by=eve, account=acme, installation=farm) is None
    assert homes.would_split(by=eve, account=globex, installation=farm) is None


def test_the_second_instance_belongs_where_the_first_one_is(
    acme: BusinessAccount, globex: BusinessAccount, eve: User, now: datetime
) -> None:
    stock.instance(acme, now=now - 9 * DAY)

    farm = stock.installation()

    assert homes.home_account(by=eve, installation=farm) == acme
    assert homes.would_split(by=eve, account=acme, installation=farm) is None
    assert homes.would_split(by=eve, account=globex, installation=farm) == acme


def test_with_instances_in_both_neither_splits(
    acme: BusinessAccount, globex: BusinessAccount, eve: User, now: datetime
) -> None:
    stock.instance(acme, now=now - 9 * DAY)
    stock.instance(globex, now=now - 8 * DAY)

    farm = stock.installation()

    assert homes.home_account(by=eve, installation=farm) == acme
    assert homes.would_split(by=eve, account=globex, installation=farm) is None


def test_a_known_installation_belongs_where_it_is_known(
    acme: BusinessAccount, globex: BusinessAccount, eve: User, now: datetime
) -> None:
    stock.instance(acme, now=now - 9 * DAY)
    stock.instance(acme, now=now - 7 * DAY, name="Farm Three")
    known = stock.instance(globex, now=now - 5 * DAY)

    farm = stock.installation(instance_id=known.instance_id)

    assert homes.home_account(by=eve, installation=farm) == globex
    assert homes.would_split(by=eve, account=acme, installation=farm) == globex


def test_of_two_that_know_it_the_one_that_licenses_it_is_its_home(
    acme: BusinessAccount, globex: BusinessAccount, eve: User, now: datetime
) -> None:
    before = stock.instance(acme, now=now)
    licensed = stock.instance(globex, now=now - 5 * DAY, instance_id=before.instance_id)
    key = stock.primary_key(stock.subscription(globex, now=now))
    stock.activation(licensed, key, now=now - 5 * DAY)

    farm = stock.installation(instance_id=before.instance_id)

    assert homes.home_account(by=eve, installation=farm) == globex
    assert homes.would_split(by=eve, account=acme, installation=farm) is None


def test_accounts_of_others_and_blocked_memberships_dont_count(
    acme: BusinessAccount, globex: BusinessAccount, eve: User, alice: User, now: datetime
) -> None:
    known = stock.instance(globex, now=now)
    membership = membership_of(eve, globex)
    membership.blocked_at = now
    membership.save(update_fields=["blocked_at"])

    farm = stock.installation(instance_id=known.instance_id)

    assert homes.home_account(by=eve, installation=farm) is None
    assert homes.home_account(by=alice, installation=farm) is None
