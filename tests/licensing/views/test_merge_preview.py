"""The lines of a preview: how many of each there are, and the first ones by name."""

from __future__ import annotations

from datetime import datetime

import pytest

from accounts.models import BusinessAccount, User
from licensing import merge_plan
from licensing.views import merge_preview
from licensing.views.merge_preview import Line
from tests import factories
from tests.licensing import mergers, stock
from tests.licensing.mergers import Cloud

pytestmark = pytest.mark.django_db


@pytest.fixture
def cloud(acme: BusinessAccount, alice: User, bob: User, mia: User, now: datetime) -> Cloud:
    return mergers.cloud(acme, bob, mia, now)


def lines(cloud: Cloud, acme: BusinessAccount) -> dict[str, Line]:
    plan = merge_plan.of(cloud.account, acme)
    found = list(merge_preview.lines(plan, "Acme Cloud", "Acme Corp"))
    assert len({line.title for line in found}) == len(found)
    return {line.title: line for line in found}


def test_many_are_counted_and_the_first_ten_named(
    cloud: Cloud, acme: BusinessAccount, now: datetime
) -> None:
    stock.many_instances(cloud.account, cloud.key, 40, now=now)

    line = lines(cloud, acme)["42 instances"]

    assert line.items[:3] == ["Cloud Farm", "Cloud Farm Two", "Farm 0"]
    assert (len(line.items), line.more) == (10, 32)


def test_what_is_in_both_is_said_with_what_becomes_of_it(
    cloud: Cloud, acme: BusinessAccount, now: datetime
) -> None:
    stock.instance(acme, now=now, instance_id=cloud.farm.instance_id)
    dead = stock.instance(cloud.account, now=now, name="Dead")
    stock.instance(acme, now=now, instance_id=dead.instance_id)

    found = lines(cloud, acme)

    both = found["1 instance is known in both, and runs in Acme Cloud"]
    assert both.items == ["Cloud Farm"]
    put_away = found["1 ended instance of Acme Cloud is known in Acme Corp, too"]
    assert put_away.items == ["Dead"]
    assert found["2 instances"].items == ["Cloud Farm", "Cloud Farm Two"]


def test_a_crowd_costs_as_many_queries_as_a_few(
    cloud: Cloud, acme: BusinessAccount, now: datetime, django_assert_max_num_queries: object
) -> None:
    factories.crowd(cloud.account, 300)
    plan = merge_plan.of(cloud.account, acme)

    with django_assert_max_num_queries(12):  # type: ignore[operator]
        found = list(merge_preview.lines(plan, "Acme Cloud", "Acme Corp"))

    assert found[3].title == "302 people become members of Acme Corp"


def test_an_empty_account_moves_itself_only(globex: BusinessAccount, acme: BusinessAccount) -> None:
    globex.memberships.all().delete()

    plan = merge_plan.of(globex, acme)

    assert list(merge_preview.lines(plan, "Globex", "Acme Corp")) == []
