"""Which business account an instance belongs to (SPEC A4)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from accounts.directory.models import BusinessAccount, User
from accounts.permissions import Role
from licensing.activation.reading import instance_accounts
from tests import factories
from tests.licensing import license_factories
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
    farm = license_factories.installation()

    assert instance_accounts.account_of_installation(by=eve, installation=farm) is None
    assert instance_accounts.would_split_instances(by=eve, account=acme, installation=farm) is None
    assert (
        instance_accounts.would_split_instances(by=eve, account=globex, installation=farm) is None
    )


def test_the_second_instance_belongs_where_the_first_one_is(
    acme: BusinessAccount, globex: BusinessAccount, eve: User, now: datetime
) -> None:
    license_factories.instance(acme, now=now - 9 * DAY)

    farm = license_factories.installation()

    assert instance_accounts.account_of_installation(by=eve, installation=farm) == acme
    assert instance_accounts.would_split_instances(by=eve, account=acme, installation=farm) is None
    assert (
        instance_accounts.would_split_instances(by=eve, account=globex, installation=farm) == acme
    )


def test_with_instances_in_both_neither_splits(
    acme: BusinessAccount, globex: BusinessAccount, eve: User, now: datetime
) -> None:
    license_factories.instance(acme, now=now - 9 * DAY)
    license_factories.instance(globex, now=now - 8 * DAY)

    farm = license_factories.installation()

    assert instance_accounts.account_of_installation(by=eve, installation=farm) == acme
    assert (
        instance_accounts.would_split_instances(by=eve, account=globex, installation=farm) is None
    )


def test_a_known_installation_belongs_where_it_is_known(
    acme: BusinessAccount, globex: BusinessAccount, eve: User, now: datetime
) -> None:
    license_factories.instance(acme, now=now - 9 * DAY)
    license_factories.instance(acme, now=now - 7 * DAY, name="Farm Three")
    known = license_factories.instance(globex, now=now - 5 * DAY)

    farm = license_factories.installation(instance_id=known.instance_id)

    assert instance_accounts.account_of_installation(by=eve, installation=farm) == globex
    assert (
        instance_accounts.would_split_instances(by=eve, account=acme, installation=farm) == globex
    )


def test_of_two_that_know_it_the_one_that_licenses_it_is_its_home(
    acme: BusinessAccount, globex: BusinessAccount, eve: User, now: datetime
) -> None:
    before = license_factories.instance(acme, now=now)
    licensed = license_factories.instance(globex, now=now - 5 * DAY, instance_id=before.instance_id)
    key = license_factories.primary_key(license_factories.subscription(globex, now=now))
    license_factories.activation(licensed, key, now=now - 5 * DAY)

    farm = license_factories.installation(instance_id=before.instance_id)

    assert instance_accounts.account_of_installation(by=eve, installation=farm) == globex
    assert instance_accounts.would_split_instances(by=eve, account=acme, installation=farm) is None


def test_accounts_of_others_and_blocked_memberships_dont_count(
    acme: BusinessAccount, globex: BusinessAccount, eve: User, alice: User, now: datetime
) -> None:
    known = license_factories.instance(globex, now=now)
    membership = membership_of(eve, globex)
    membership.blocked_at = now
    membership.save(update_fields=["blocked_at"])

    farm = license_factories.installation(instance_id=known.instance_id)

    assert instance_accounts.account_of_installation(by=eve, installation=farm) is None
    assert instance_accounts.account_of_installation(by=alice, installation=farm) is None
