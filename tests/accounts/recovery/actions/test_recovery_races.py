"""A recovery that is started, stopped and completed at the same moment has one outcome."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Final

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

from accounts.directory.models import BusinessAccount, User
from accounts.errors import RecoveryEnded, RecoveryRefused
from accounts.membership.actions import members
from accounts.permissions import Role
from accounts.recovery.actions import recoveries, recovery_ends
from accounts.recovery.models import SecondStepRecovery
from tests import factories
from tests.accounts.membership.actions.race import refusals, run_concurrently
from tests.personas import membership_of

pytestmark = pytest.mark.django_db(transaction=True)
DAY: Final = timedelta(hours=24)


def has_second_step(user: User) -> bool:
    return bool(Authenticator.objects.filter(user=user).count())


def test_stopping_against_completing_has_one_winner(
    acme: BusinessAccount, alice: User, mia: User, now: datetime
) -> None:
    for _round in range(4):
        if not has_second_step(mia):
            TOTP.activate(mia, generate_totp_secret())
        recovery = recoveries.start(account=acme, user=mia, by=alice, now=now - DAY)

        outcomes = run_concurrently(
            partial(recoveries.stop, recovery=recovery, by=None, now=now),
            partial(recovery_ends.complete_due, now=now),
        )

        recovery.refresh_from_db()
        assert bool(recovery.stopped_at) != bool(recovery.completed_at)
        assert bool(recovery.completed_at) != has_second_step(mia)
        lost = [type(error) for error in refusals(outcomes)]
        assert lost == ([RecoveryEnded] if recovery.completed_at else [])


def test_two_starts_make_one_recovery(
    acme: BusinessAccount, alice: User, mia: User, sam: User, now: datetime
) -> None:
    TOTP.activate(mia, generate_totp_secret())

    outcomes = run_concurrently(
        partial(recoveries.start, account=acme, user=mia, by=alice, now=now),
        partial(recoveries.start_by_vendor, user=mia, by=sam, now=now),
    )

    assert [type(error) for error in refusals(outcomes)] == [RecoveryRefused]
    assert SecondStepRecovery.objects.open().count() == 1


def test_demoting_the_starter_against_completing_never_does_both_halfway(
    acme: BusinessAccount, alice: User, mia: User, dora: User, now: datetime
) -> None:
    factories.member(acme, dora, Role.ADMINISTRATOR)
    TOTP.activate(mia, generate_totp_secret())
    recovery = recoveries.start(account=acme, user=mia, by=alice, now=now - DAY)
    demoting = partial(members.change_role, role=Role.MEMBER, by=dora, now=now)

    run_concurrently(
        partial(demoting, membership=membership_of(alice, acme)),
        partial(recovery_ends.complete_due, now=now),
    )

    recovery.refresh_from_db()
    assert bool(recovery.completed_at) != has_second_step(mia)
