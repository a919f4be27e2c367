"""The way back from a lost second step: who may start it, for whom, and who can stop it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import IntegrityError, transaction

from accounts.directory.models import BusinessAccount, User
from accounts.errors import NotAllowed, RecoveryEnded, RecoveryRefused
from accounts.membership.actions import members
from accounts.outbox.models import OutboxMail
from accounts.permissions import Role
from accounts.recovery.actions import recoveries
from accounts.recovery.models import SecondStepRecovery
from tests import factories, mails
from tests.personas import membership_of

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


@pytest.fixture
def mia(mia: User) -> User:
    """With an app, and a second address of her own."""
    EmailAddress.objects.create(user=mia, email="mia@private.example", verified=True)
    TOTP.activate(mia, generate_totp_secret())
    return mia


@pytest.fixture
def tess(db: None) -> User:
    """Another person of staff."""
    user = factories.person("tess@portal.example", "Tess Staff")
    user.is_staff = True
    user.save(update_fields=["is_staff"])
    return user


def mailed(kind: str) -> list[str]:
    return sorted(OutboxMail.objects.filter(kind=kind).values_list("to", flat=True))


def test_alice_starts_it_for_mia_and_everybody_concerned_is_told(
    acme: BusinessAccount, alice: User, mia: User, bob: User, now: datetime
) -> None:
    recovery = recoveries.start(account=acme, user=mia, by=alice, now=now)

    assert recovery.due_at == now + timedelta(hours=24)
    told = ["alice@acme.example", "mia@acme.example", "mia@private.example"]
    assert mailed("recovery_started") == told
    for address in told:
        mail = mails.latest(address)
        assert recovery.get_absolute_url() in mail.text
        assert "Alice Reyes" in mail.text
    assert acme.events.latest("pk").event == "recovery.started"


@pytest.mark.parametrize("who", ["bob", "mia", "charlie", "sam"])
def test_nobody_without_the_right_starts_it(
    who: str, acme: BusinessAccount, mia: User, now: datetime, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(NotAllowed):
        recoveries.start(account=acme, user=mia, by=request.getfixturevalue(who), now=now)


def test_alice_does_not_start_it_for_herself(
    acme: BusinessAccount, alice: User, now: datetime
) -> None:
    TOTP.activate(alice, generate_totp_secret())

    with pytest.raises(RecoveryRefused, match="for yourself"):
        recoveries.start(account=acme, user=alice, by=alice, now=now)


def test_nor_for_the_only_other_administrator(
    acme: BusinessAccount, alice: User, mia: User, bob: User, now: datetime
) -> None:
    acme.memberships.filter(user=mia).update(role=Role.ADMINISTRATOR)
    with pytest.raises(RecoveryRefused, match="only administrators"):
        recoveries.start(account=acme, user=mia, by=alice, now=now)

    acme.memberships.filter(user=bob).update(role=Role.ADMINISTRATOR)
    recoveries.start(account=acme, user=mia, by=alice, now=now)


def test_nor_for_who_belongs_elsewhere_too_or_is_staff(
    acme: BusinessAccount, globex: BusinessAccount, alice: User, mia: User, now: datetime
) -> None:
    elsewhere = factories.member(globex, mia, blocked=True)
    with pytest.raises(RecoveryRefused, match="accounts other than Acme Corp"):
        recoveries.start(account=acme, user=mia, by=alice, now=now)
    elsewhere.delete()
    User.objects.filter(pk=mia.pk).update(is_staff=True)

    with pytest.raises(RecoveryRefused, match="accounts other than Acme Corp"):
        recoveries.start(account=acme, user=mia, by=alice, now=now)


def test_nor_for_who_has_no_second_step_or_belongs_elsewhere(
    acme: BusinessAccount, alice: User, bob: User, charlie: User, now: datetime
) -> None:
    TOTP.activate(charlie, generate_totp_secret())

    with pytest.raises(RecoveryRefused, match="nothing to remove"):
        recoveries.start(account=acme, user=bob, by=alice, now=now)
    with pytest.raises(RecoveryRefused):
        recoveries.start(account=acme, user=charlie, by=alice, now=now)


def test_staff_needs_two_people(mia: User, sam: User, tess: User, now: datetime) -> None:
    recovery = recoveries.start_by_vendor(user=mia, by=sam, now=now)
    assert recovery.due_at is None
    assert "has to approve it first" in mails.latest(mia.email).text

    with pytest.raises(NotAllowed, match="Someone else"):
        recoveries.approve(recovery=recovery, by=sam, now=now)
    recoveries.approve(recovery=recovery, by=tess, now=now)

    recovery.refresh_from_db()
    assert recovery.due_at == now + timedelta(hours=24)
    assert len(mailed("recovery_started")) == 2 * 3
    with pytest.raises(RecoveryEnded):
        recoveries.approve(recovery=recovery, by=tess, now=now)


def test_staff_neither_starts_nor_approves_its_own(sam: User, tess: User, now: datetime) -> None:
    with pytest.raises(RecoveryRefused, match="for yourself"):
        recoveries.start_by_vendor(user=sam, by=sam, now=now)
    third = factories.person("uma@portal.example")
    User.objects.filter(pk=third.pk).update(is_staff=True)
    recovery = recoveries.start_by_vendor(user=sam, by=tess, now=now)

    with pytest.raises(NotAllowed):
        recoveries.approve(recovery=recovery, by=sam, now=now)


def test_who_is_no_staff_does_not_use_the_desk(alice: User, mia: User, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        recoveries.start_by_vendor(user=mia, by=alice, now=now)


def test_only_one_runs_at_a_time(
    acme: BusinessAccount, alice: User, mia: User, sam: User, now: datetime
) -> None:
    recoveries.start(account=acme, user=mia, by=alice, now=now)

    with pytest.raises(RecoveryRefused, match="already running"):
        recoveries.start(account=acme, user=mia, by=alice, now=now)
    with pytest.raises(RecoveryRefused, match="already running"):
        recoveries.start_by_vendor(user=mia, by=sam, now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        SecondStepRecovery.objects.create(user=mia, started_by=sam, started_at=now, by_vendor=True)


def test_the_database_keeps_people_from_their_own(mia: User, sam: User, now: datetime) -> None:
    wrong = (
        {"started_by": mia, "by_vendor": True},
        {"started_by": sam, "by_vendor": True, "due_at": now},
        {"started_by": sam, "by_vendor": False},
        {"started_by": sam, "due_at": now, "completed_at": now - timedelta(hours=1)},
    )
    for facts in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            SecondStepRecovery.objects.create(user=mia, started_at=now, **facts)


def test_stopping_it_tells_everybody_and_works_once(
    acme: BusinessAccount, alice: User, mia: User, now: datetime
) -> None:
    recovery = recoveries.start(account=acme, user=mia, by=alice, now=now)

    recoveries.stop(recovery=recovery, by=None, now=now)

    assert mailed("recovery_ended") == mailed("recovery_started")
    assert "Nothing was changed" in mails.latest(mia.email).text
    assert acme.events.latest("pk").event == "recovery.stopped"
    with pytest.raises(RecoveryEnded):
        recoveries.stop(recovery=recovery, by=alice, now=now)


def test_asking_reaches_only_those_who_may_start_it(
    acme: BusinessAccount, globex: BusinessAccount, alice: User, mia: User, now: datetime
) -> None:
    assert recoveries.ask(user=mia, now=now) == 1
    assert mailed("recovery_asked") == [alice.email]
    assert recoveries.ask(user=alice, now=now) == 0

    factories.member(globex, mia)
    assert not recoveries.can_be_helped(mia)
    assert recoveries.ask(user=mia, now=now) == 0


def test_a_blocked_administrator_starts_nothing(
    acme: BusinessAccount, alice: User, mia: User, bob: User, now: datetime
) -> None:
    acme.memberships.filter(user=bob).update(role=Role.ADMINISTRATOR)
    members.block(membership=membership_of(bob, acme), by=alice, now=now)

    with pytest.raises(NotAllowed):
        recoveries.start(account=acme, user=mia, by=bob, now=now)
