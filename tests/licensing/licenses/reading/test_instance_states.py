"""The word for an instance: the most urgent thing that is true of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from licensing.licenses.models import Activation, Heartbeat, Instance, Key, License
from licensing.licenses.reading.instance_states import InstanceState, state_of

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=15)


def instance(*, lost_at: datetime | None = None, **facts: Any) -> Instance:
    made = Instance(name="Farm One", version="20.0", lost_at=lost_at)
    made.heartbeat = Heartbeat(**({"last_seen_at": NOW} | facts))
    return made


def live(
    *,
    channel: str = "online",
    ends_in: int = 100,
    over_since: datetime | None = None,
    **facts: Any,
) -> Activation:
    license = License(
        kind="subscription",
        seats=10,
        starts_on=LONG_AGO.date(),
        ends_on=(NOW + timedelta(days=ends_in)).date(),
    )
    key = Key(license=license, over_since=over_since)
    return Activation(key=key, channel=channel, **({"collected_at": NOW} | facts))


@pytest.mark.parametrize(
    ("one", "activation", "state"),
    [
        (instance(), None, InstanceState.DEACTIVATED),
        (instance(lost_at=NOW), None, InstanceState.LOST),
        (instance(), live(), InstanceState.LICENSED),
        # Found again: what it was before doesn't count.
        (instance(lost_at=NOW), live(), InstanceState.LICENSED),
        (instance(), live(collected_at=None), InstanceState.WAITING),
        (instance(last_seen_at=LONG_AGO), live(), InstanceState.SILENT),
        (instance(last_seen_at=NOW - timedelta(days=14)), live(), InstanceState.LICENSED),
        (instance(last_seen_at=LONG_AGO), live(channel="offline"), InstanceState.OFFLINE),
        (instance(document_ends_at=NOW), live(channel="offline"), InstanceState.FILE_ENDED),
        (instance(), live(over_since=NOW - timedelta(days=7)), InstanceState.OVER),
        (
            instance(),
            live(over_since=NOW - timedelta(days=7, seconds=1)),
            InstanceState.LIMITED,
        ),
        (instance(last_seen_at=LONG_AGO), live(over_since=NOW), InstanceState.OVER),
        (instance(), live(ends_in=-30), InstanceState.LICENSED),
        (instance(), live(ends_in=-31), InstanceState.LICENSE_ENDED),
        (instance(), live(over_since=NOW, ends_in=-31), InstanceState.LICENSE_ENDED),
    ],
)
def test_the_most_urgent_is_said(
    one: Instance, activation: Activation | None, state: InstanceState
) -> None:
    assert state_of(one, activation, NOW) is state


@pytest.mark.parametrize("state", InstanceState)
def test_each_state_has_a_word_and_a_meaning(state: InstanceState) -> None:
    assert state.label
    assert state.kind in ("good", "notice", "bad", "quiet")
