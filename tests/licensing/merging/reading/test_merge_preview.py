"""The lines of a preview: how many of each there are, and the first ones by name."""

from __future__ import annotations

from datetime import datetime

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

from accounts.directory.models import BusinessAccount, User
from licensing.merging.reading import merge_plan, merge_preview
from licensing.merging.reading.merge_preview import PreviewLine
from tests import factories
from tests.licensing import license_factories, many_instances, merge_scenarios
from tests.licensing.merge_scenarios import Cloud

pytestmark = pytest.mark.django_db


@pytest.fixture
def cloud(acme: BusinessAccount, alice: User, bob: User, mia: User, now: datetime) -> Cloud:
    return merge_scenarios.cloud(acme, bob, mia, now)


def lines(cloud: Cloud, acme: BusinessAccount) -> dict[str, PreviewLine]:
    plan = merge_plan.mergeable_plan(cloud.account, acme)
    found = list(merge_preview.lines(plan, "Acme Cloud", "Acme Corp"))
    assert len({line.title for line in found}) == len(found)
    return {line.title: line for line in found}


def test_many_are_counted_and_the_first_ten_named(
    cloud: Cloud, acme: BusinessAccount, now: datetime
) -> None:
    many_instances.make(cloud.account, cloud.key, 40, now=now)

    line = lines(cloud, acme)["42 instances"]

    assert line.items[:3] == ["Cloud Farm", "Cloud Farm Two", "Farm 0"]
    assert (len(line.items), line.more) == (10, 32)


def test_what_is_in_both_is_said_with_what_becomes_of_it(
    cloud: Cloud, acme: BusinessAccount, now: datetime
) -> None:
    license_factories.instance(acme, now=now, instance_id=cloud.farm.instance_id)
    dead = license_factories.instance(cloud.account, now=now, name="Dead")
    license_factories.instance(acme, now=now, instance_id=dead.instance_id)

    found = lines(cloud, acme)

    both = found["1 instance is known in both, and runs in Acme Cloud"]
    assert both.items == ["Cloud Farm"]
    put_away = found["1 ended instance of Acme Cloud is also known in Acme Corp"]
    assert put_away.items == ["Dead"]
    assert found["2 instances"].items == ["Cloud Farm", "Cloud Farm Two"]


def test_a_crowd_costs_as_many_queries_as_a_few(
    cloud: Cloud, acme: BusinessAccount, now: datetime, django_assert_max_num_queries: object
) -> None:
    factories.crowd(cloud.account, 300)
    plan = merge_plan.mergeable_plan(cloud.account, acme)

    with django_assert_max_num_queries(12):  # type: ignore[operator]
        found = list(merge_preview.lines(plan, "Acme Cloud", "Acme Corp"))

    assert found[3].title == "302 people become members of Acme Corp"


def test_an_empty_account_moves_itself_only(globex: BusinessAccount, acme: BusinessAccount) -> None:
    globex.memberships.all().delete()

    plan = merge_plan.mergeable_plan(globex, acme)

    assert list(merge_preview.lines(plan, "Globex", "Acme Corp")) == []


def test_who_comes_without_a_second_step_is_named_when_the_target_wants_one(
    cloud: Cloud, acme: BusinessAccount, alice: User
) -> None:
    assert merge_preview.second_steps(cloud.account, acme) is None
    acme.require_two_step = True
    ada = factories.person("ada@acme.example", "Ada Ley")
    factories.member(cloud.account, ada)
    TOTP.activate(ada, generate_totp_secret())

    line = merge_preview.second_steps(cloud.account, acme)

    # Bob and Mia are in Acme Corp already; Yan is blocked; Ada has her second step.
    assert line is not None
    assert (line.title, line.items) == ("1 person needs a second step", ["Zoe Park"])
    assert line.note.startswith("Acme Corp requires two-step sign-in")


def test_that_the_must_for_two_steps_ends_with_the_account_is_said(
    cloud: Cloud, acme: BusinessAccount
) -> None:
    cloud.account.require_two_step = True

    line = merge_preview.second_steps(cloud.account, acme)

    assert line is not None
    assert (line.title, line.items) == ("Two-step sign-in is no longer required", ())
    acme.require_two_step = True
    both = merge_preview.second_steps(cloud.account, acme)
    assert both is not None
    assert both.items == ["Zoe Park"]


def test_nobody_is_warned_of_when_everyone_has_a_second_step(
    cloud: Cloud, acme: BusinessAccount
) -> None:
    acme.require_two_step = True
    TOTP.activate(cloud.zoe, generate_totp_secret())

    assert merge_preview.second_steps(cloud.account, acme) is None
