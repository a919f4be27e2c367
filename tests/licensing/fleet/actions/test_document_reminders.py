"""The document of an instance without a network ends: people hear of it in time, once a mark."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.directory.models import BusinessAccount, User
from accounts.outbox.models import OutboxMail
from licensing.fleet.actions import document_reminders
from licensing.licenses.models import Activation, Instance
from tests.accounts.membership.actions.race import run_concurrently
from tests.licensing import license_factories

pytestmark = pytest.mark.django_db


def farm(account: BusinessAccount, *, now: datetime, ends_in: float, **facts: Any) -> Instance:
    """An instance that was licensed by file 90 days before its document ends."""
    ends_at = now + timedelta(days=ends_in)
    license = license_factories.subscription(account, now=now)
    instance = license_factories.instance(account, now=now, document_ends_at=ends_at)
    fields: dict[str, Any] = {
        "channel": Activation.Channel.OFFLINE,
        "activated_at": ends_at - timedelta(days=90),
    } | facts
    license_factories.activation(
        instance, license_factories.primary_key(license), now=now, **fields
    )
    return instance


def mailed() -> list[str]:
    mails = OutboxMail.objects.filter(kind="document_ends").order_by("pk")
    return list(mails.values_list("to", flat=True))


def test_each_mark_is_announced_once(acme: BusinessAccount, now: datetime) -> None:
    farm(acme, now=now, ends_in=40)

    told_on = [
        day
        for day in range(50)
        for _again in range(2)
        if document_reminders.remind(now=now + timedelta(days=day))
    ]

    assert told_on == [10, 26, 33]
    assert mailed() == ["alice@acme.example"] * 3


def test_marks_that_were_slept_through_are_one_mail(acme: BusinessAccount, now: datetime) -> None:
    farm(acme, now=now, ends_in=5)

    assert document_reminders.remind(now=now) == 1
    assert document_reminders.remind(now=now + timedelta(hours=1)) == 0


def test_a_fresh_document_starts_the_marks_anew(acme: BusinessAccount, now: datetime) -> None:
    instance = farm(acme, now=now, ends_in=29)
    document_reminders.remind(now=now)
    instance.refresh_from_db()
    instance.heartbeat.document_ends_at = now + timedelta(days=90)
    instance.heartbeat.save(update_fields=["document_ends_at"])

    assert document_reminders.remind(now=now + timedelta(days=59)) == 0
    assert document_reminders.remind(now=now + timedelta(days=60)) == 1


@pytest.mark.parametrize(
    "facts",
    [
        {"channel": Activation.Channel.ONLINE},
        {"channel": Activation.Channel.UNATTENDED},
        {"ending": Activation.Ending.FILE},
    ],
    ids=str,
)
def test_who_fetches_by_network_or_is_gone_is_left_alone(
    acme: BusinessAccount, now: datetime, facts: dict[str, Any]
) -> None:
    ended = {"deactivated_at": now} if "ending" in facts else {}
    farm(acme, now=now, ends_in=6, **facts, **ended)

    assert document_reminders.remind(now=now) == 0


def test_a_document_that_ends_soon_from_its_start_is_no_news(
    acme: BusinessAccount, now: datetime
) -> None:
    farm(acme, now=now, ends_in=20, activated_at=now)

    told_on = [day for day in range(21) if document_reminders.remind(now=now + timedelta(days=day))]

    assert told_on == [6, 13]


def test_what_has_ended_is_not_announced_any_more(acme: BusinessAccount, now: datetime) -> None:
    farm(acme, now=now, ends_in=-0.1)

    assert document_reminders.remind(now=now) == 0


def test_a_mail_that_fails_is_tried_again(
    acme: BusinessAccount, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    farm(acme, now=now, ends_in=14)
    with monkeypatch.context() as broken:
        broken.setattr("licensing.fleet.emails.document_ends", lambda *args, **kwargs: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            document_reminders.remind(now=now)

    assert document_reminders.remind(now=now) == 1


@pytest.mark.embedded
@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_send_one_mail(acme: BusinessAccount, alice: User, now: datetime) -> None:
    farm(acme, now=now, ends_in=14)

    told = run_concurrently(*[lambda: document_reminders.remind(now=now)] * 4)

    assert sorted(map(str, told)) == ["0", "0", "0", "1"]
    assert mailed() == [alice.email]
