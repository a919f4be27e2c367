"""docs/limits.md says what the code does: each figure in it is read from the code."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts import limits, outbox, tasks
from accounts.limits.models import RateCounter
from accounts.membership.actions import invitation_quota
from accounts.outbox.models import OutboxMail
from accounts.sign_in import sessions
from licensing.activation.actions import collecting
from onboarding.guide.actions import deferred_tasks
from onboarding.support.models import KEPT_FOR, SupportMessage
from onboarding.tasks import forget_support_messages
from tests.architecture.source import ROOT

TEXT: Final = (ROOT / "docs" / "limits.md").read_text("utf-8")
_SPANS: Final = {
    timedelta(minutes=1): "a minute",
    timedelta(minutes=5): "5 minutes",
    timedelta(minutes=10): "10 minutes",
    timedelta(hours=1): "an hour",
}


def in_words(rate: limits.Rate) -> str:
    whose = "in all" if rate.in_all else "for a key" if rate.by_key else "for an origin"
    return f"{rate.amount:,} in {_SPANS[rate.span]} {whose}"


def table() -> list[str]:
    """The table of rates as it has to stand in the document."""
    return [
        f"| `{action}` | {'; '.join(in_words(rate) for rate in rates)} |"
        for action, rates in sorted(limits.RATES.items())
    ]


def test_every_rate_is_written_down() -> None:
    written = [line for line in TEXT.splitlines() if line.startswith("| `")]

    assert written == table(), "docs/limits.md has another table:\n" + "\n".join(table())


def test_every_lifetime_and_quota_is_written_down() -> None:
    cache = settings.CACHES.get("database", settings.CACHES["default"])
    entries = cache["OPTIONS"]["MAX_ENTRIES"]
    days, hours = timedelta(days=1), timedelta(hours=1)
    for sentence in (
        f"lives {sessions.ANONYMOUS_KEPT_FOR // hours} hours",
        f"lives {settings.SESSION_COOKIE_AGE // 86_400} days",
        f"deleted {outbox.UNOWNED_MAILS_KEPT_FOR // days} days",
        f"deleted {KEPT_FOR // days} days",
        f"deleted {collecting.UNCLAIMED_KEPT_FOR // hours} hours",
        f"at most {deferred_tasks.KEPT_FOR // hours} hours",
        f"{entries:,} entries",
        f"{invitation_quota.NEW_ACCOUNTS_PER_PERSON} new business accounts a day",
        f"{invitation_quota.PER_INVITER} invitations a day",
        f"{invitation_quota.PER_NEW_ACCOUNT} on an account's first day",
        f"{invitation_quota.MAX_INVITATIONS_PER_RECIPIENT_A_DAY} a day for a recipient",
        f"{limits.COUNTERS_IN_ALL:,} counters",
    ):
        assert sentence in TEXT, sentence


@pytest.mark.django_db
@pytest.mark.embedded
def test_the_hourly_job_forgets_what_strangers_left() -> None:
    now = timezone.now()
    long_ago = now - timedelta(days=200)
    RateCounter.objects.create(key="a", count=1, ends_at=now - timedelta(hours=1))
    Session.objects.create(session_key="s", session_data="", expire_date=now - timedelta(hours=1))
    mail = {"kind": "mailbox_code", "to": "x@initech.example", "subject": "Code"}
    times = {"created_at": long_ago, "next_attempt_at": long_ago, "expires_at": long_ago}
    OutboxMail.objects.create(**mail, **times, status="sent")
    OutboxMail.objects.create(**mail, **times, status="queued")
    for number, proven in enumerate((False, True)):
        SupportMessage.objects.create(
            form_token=f"00000000-0000-4000-8000-{number:012d}",
            reference="7QK-DM4P",
            email="x@initech.example",
            email_proven=proven,
            subject="Hello",
            message="Hello",
            created_at=long_ago,
        )

    tasks.clear_expired()
    forget_support_messages()

    assert not RateCounter.objects.exists()
    assert not Session.objects.exists()
    assert [each.status for each in OutboxMail.objects.all()] == ["queued"]
    assert [each.email_proven for each in SupportMessage.objects.all()] == [True]


@pytest.mark.django_db
@pytest.mark.embedded
def test_no_stranger_begins_another_counter_when_there_are_too_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "COUNTERS_IN_ALL", 10)
    monkeypatch.setattr(limits, "_seen", {"at": float("-inf"), "count": 0.0})
    end = timezone.now() + timedelta(hours=1)
    RateCounter.objects.bulk_create(
        RateCounter(key=f"k{n}", count=1, ends_at=end) for n in range(10)
    )

    answer = Client().post("/start/find/", {"email": "x@fresh.example"})

    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert RateCounter.objects.count() == 10
