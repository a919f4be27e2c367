from __future__ import annotations

import uuid
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from licensing.licenses.rules.check_in_times import next_check_in

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize("hours", range(0, 48, 5))
def test_an_instance_keeps_its_time_of_the_day(hours: int) -> None:
    instance, now = uuid.uuid4(), NOW + hours * HOUR

    at = next_check_in(instance, now=now)

    assert 12 * HOUR <= at - now < 36 * HOUR
    assert next_check_in(instance, now=at) == at + 24 * HOUR


def test_instances_are_spread_over_the_day() -> None:
    ids = [uuid.uuid5(uuid.NAMESPACE_DNS, str(number)) for number in range(24_000)]

    hours = Counter(next_check_in(each, now=NOW).hour for each in ids)

    assert len(hours) == 24
    assert max(hours.values()) < 1_200, "a thousand is an even share"
