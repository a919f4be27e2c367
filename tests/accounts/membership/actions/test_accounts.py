from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from accounts.audit.models import AuditEvent
from accounts.directory.models import BusinessAccount, User
from accounts.errors import LimitReached, NotAllowed
from accounts.membership.actions import accounts
from accounts.permissions import Role

pytestmark = pytest.mark.django_db


def test_who_creates_an_account_administers_it(dora: User, now: datetime) -> None:
    membership = accounts.create(name="Winter Works", by=dora, now=now)

    assert membership.role == Role.ADMINISTRATOR
    assert membership.account.slug.startswith("winter-works-")
    assert AuditEvent.objects.get().actor == dora


def test_the_same_name_again_within_a_minute_is_a_double_click(dora: User, now: datetime) -> None:
    first = accounts.create(name="Winter Works", by=dora, now=now)

    assert accounts.create(name="Winter Works", by=dora, now=now + timedelta(seconds=59)) == first
    other = accounts.create(name="Winter Works", by=dora, now=now + timedelta(seconds=61))
    assert other.account != first.account


def test_two_people_may_use_one_name(dora: User, charlie: User, now: datetime) -> None:
    doras = accounts.create(name="Winter Works", by=dora, now=now).account
    charlies = accounts.create(name="Winter Works", by=charlie, now=now).account

    assert doras.slug != charlies.slug


@pytest.mark.parametrize("actor", ["bob", "mia", "charlie"])
def test_only_administrators_change_the_account(
    actor: str,
    acme: BusinessAccount,
    bob: User,
    mia: User,
    charlie: User,
    alice: User,
    now: datetime,
) -> None:
    by = {"bob": bob, "mia": mia, "charlie": charlie}[actor]

    with pytest.raises(NotAllowed):
        accounts.rename(account=acme, name="Mine", by=by, now=now)
    with pytest.raises(NotAllowed):
        accounts.change_settings(
            account=acme, require_two_step=True, joinable_by_domain=False, by=by, now=now
        )
    accounts.rename(account=acme, name="Acme Inc.", by=alice, now=now)

    acme.refresh_from_db()
    assert (acme.name, acme.require_two_step) == ("Acme Inc.", False)


def test_saving_what_already_holds_leaves_no_trace(
    acme: BusinessAccount, alice: User, now: datetime
) -> None:
    accounts.rename(account=acme, name=acme.name, by=alice, now=now)
    accounts.change_settings(
        account=acme, require_two_step=False, joinable_by_domain=True, by=alice, now=now
    )

    assert not AuditEvent.objects.exists()


def test_a_person_makes_five_accounts_a_day(dora: User, now: datetime) -> None:
    made = [accounts.create(name=f"Winter {n}", by=dora, now=now).account for n in range(5)]
    accounts.rename(account=made[0], name="Other", by=dora, now=now)
    made[1].memberships.all().delete()

    with pytest.raises(LimitReached):
        accounts.create(name="Winter 6", by=dora, now=now)
    tomorrow = now + timedelta(days=1, seconds=1)
    assert accounts.create(name="Winter 6", by=dora, now=tomorrow).account.name == "Winter 6"
