"""The weekly digest: once a week, to who wants it, and only when something needs a person."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from accounts.directory.models import BusinessAccount, User
from accounts.membership.actions import members
from accounts.outbox.models import OutboxMail
from accounts.permissions import Role
from onboarding import tasks
from onboarding.overview.actions import digest
from onboarding.overview.attention.problems import read_problems
from tests import factories
from tests.accounts.membership.actions.race import refusals, run_concurrently
from tests.licensing import license_factories
from tests.personas import membership_of

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 23, 7, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return MONDAY


def run(at: datetime = MONDAY) -> int:
    return digest.send_due(clock=lambda: at)


def mails() -> list[str]:
    found = OutboxMail.objects.filter(kind="weekly_digest").order_by("pk")
    return list(found.values_list("to", flat=True))


def ends_soon(account: BusinessAccount, name: str = "Farm licenses") -> None:
    license_factories.subscription(
        account, now=MONDAY, name=name, ends_on=MONDAY.date() + timedelta(days=12)
    )


def test_what_the_overview_says_is_mailed_the_worst_first(
    acme: BusinessAccount, alice: User, dora: User
) -> None:
    factories.member(acme, dora, Role.ADMINISTRATOR)
    ends_soon(acme)
    key = license_factories.primary_key(license_factories.subscription(acme, now=MONDAY))
    license_factories.licensed(acme, key, MONDAY, "Graz", over_since=MONDAY - timedelta(days=9))
    factories.invitation(acme, "late@acme.example", by=alice, now=MONDAY, expires_at=MONDAY)

    assert run() == 2

    assert mails() == ["alice@acme.example", "dora@winter.example"]
    mail = OutboxMail.objects.filter(kind="weekly_digest")[0]
    assert mail.subject == "3 things at Acme Corp need your attention"
    said = re.findall(
        r"^(Graz is limited|Farm licenses ends|The invitation to late@acme.example)",
        mail.text,
        re.MULTILINE,
    )
    assert [line.split()[0] for line in said] == ["Graz", "Farm", "The"]
    assert f"Send again: http://testserver/b/{acme.slug}/members/#invitations" in mail.text
    assert f"http://testserver/b/{acme.slug}/mails/" in mail.text
    assert f'href="http://testserver/b/{acme.slug}/licenses/' in mail.html


@pytest.mark.parametrize(
    ("at", "is_due"),
    [
        (MONDAY - timedelta(seconds=1), False),
        (MONDAY, True),
        (MONDAY + timedelta(hours=16, minutes=59), True),
        (MONDAY + timedelta(hours=17), False),
        (MONDAY - timedelta(days=1), False),
        (MONDAY.replace(hour=6).astimezone(), False),
    ],
)
def test_it_goes_out_on_mondays_from_seven(
    acme: BusinessAccount, at: datetime, is_due: bool
) -> None:
    ends_soon(acme)

    assert run(at) == int(is_due)


def test_once_a_week(acme: BusinessAccount) -> None:
    ends_soon(acme)

    weeks = [
        [run(MONDAY + timedelta(days=7 * week, hours=hour)) for hour in range(10)]
        for week in range(3)
    ]

    assert weeks == [[1] + [0] * 9] * 3


def test_nothing_is_mailed_when_nothing_needs_anybody(
    acme: BusinessAccount, alice: User, now: datetime
) -> None:
    license_factories.licensed(
        acme, license_factories.primary_key(license_factories.subscription(acme, now=now)), now
    )
    factories.invitation(acme, "fine@acme.example", by=alice, now=now)

    assert run() == 0

    acme.refresh_from_db()
    assert acme.digested_on == MONDAY.date(), "and nobody looks again this week"


def test_advice_alone_is_no_reason_but_stands_beside_the_rest(
    acme: BusinessAccount, alice: User, now: datetime
) -> None:
    run()
    assert mails() == []

    ends_soon(acme)
    run(MONDAY + timedelta(days=7))

    assert "has only one administrator" in OutboxMail.objects.get(kind="weekly_digest").text


def test_who_has_opted_out_gets_none(
    acme: BusinessAccount, alice: User, bob: User, mia: User, dora: User
) -> None:
    factories.member(acme, dora, Role.ADMINISTRATOR, blocked=True)
    members.choose_mails(membership=membership_of(alice, acme), wants_reminders=False)
    ends_soon(acme)

    assert run() == 0


def test_each_account_hears_of_its_own(acme: BusinessAccount, globex: BusinessAccount) -> None:
    ends_soon(acme, "Acme's")
    ends_soon(globex, "Globex's")

    assert run() == 2

    for mail, own, other in zip(
        OutboxMail.objects.order_by("to"),
        ("Acme's", "Globex's"),
        ("Globex's", "Acme's"),
        strict=True,
    ):
        assert own in mail.text
        assert other not in mail.text


def test_an_account_of_today_waits_for_its_first_week(acme: BusinessAccount) -> None:
    ends_soon(acme)
    BusinessAccount.objects.update(created_at=MONDAY)

    assert run() == 0
    assert run(MONDAY + timedelta(days=7)) == 1


def test_names_that_look_like_links_are_harmless(
    acme: BusinessAccount, alice: User, now: datetime
) -> None:
    ends_soon(acme, "https://evil.com <b>x</b>")
    factories.invitation(acme, "late@acme.example", by=alice, now=now, expires_at=now)

    run()

    mail = OutboxMail.objects.get(kind="weekly_digest")
    assert "evil.com" not in mail.text + mail.html
    assert "<b>" not in mail.html
    assert "late@acme.example" in mail.text
    assert all(
        link.startswith("http://testserver/")
        for link in re.findall(r"https?://[^\s\"<]+", mail.text + mail.html)
    )


def test_a_run_that_ends_early_goes_on_at_the_next(
    acme: BusinessAccount, globex: BusinessAccount
) -> None:
    ends_soon(acme)
    ends_soon(globex)
    clock = iter([MONDAY, MONDAY, MONDAY + timedelta(minutes=2)])

    assert digest.send_due(clock=lambda: next(clock)) == 1
    assert run(MONDAY + timedelta(hours=1)) == 1

    assert sorted(mails()) == ["alice@acme.example", "charlie@globex.example"]


def test_an_account_that_fails_keeps_the_digest_from_nobody(
    acme: BusinessAccount, globex: BusinessAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends_soon(acme)
    ends_soon(globex)

    def fail_for_acme(account: BusinessAccount, *, now: datetime) -> object:
        if account == acme:
            raise ZeroDivisionError
        return read_problems(account, now=now)

    with monkeypatch.context() as patch:
        patch.setattr(digest, "read_problems", fail_for_acme)
        assert run() == 1
    assert mails() == ["charlie@globex.example"]

    assert run(MONDAY + timedelta(hours=1)) == 1, "what failed left no trace, and is due again"


@pytest.mark.django_db(transaction=True)
@pytest.mark.embedded
def test_four_schedulers_at_once_mail_once(acme: BusinessAccount, globex: BusinessAccount) -> None:
    ends_soon(acme)
    ends_soon(globex)
    quiet = [
        factories.business_account(f"Quiet {n}", administrator=User.objects.all()[0], now=MONDAY)
        for n in range(30)
    ]

    outcomes = run_concurrently(run, run, run, run)

    assert refusals(outcomes) == []
    assert sorted(mails()) == ["alice@acme.example", "charlie@globex.example"]
    run(MONDAY + timedelta(hours=1))
    done = BusinessAccount.objects.filter(pk__in=[each.pk for each in quiet])
    assert set(done.values_list("digested_on", flat=True)) == {MONDAY.date()}


def test_the_task_runs_on_any_day(acme: BusinessAccount) -> None:
    tasks.send_digests()

    assert len(mails()) <= 1
