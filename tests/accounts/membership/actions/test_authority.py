"""Who may act: read anew each time, so that rights bite at once (SPEC 4.1)."""

from __future__ import annotations

from datetime import datetime

import pytest

from accounts.directory.models import BusinessAccount, User
from accounts.errors import NotAllowed
from accounts.membership.actions import authority, members
from accounts.permissions import Permission
from licensing.permissions import LicensingPermission
from tests import factories
from tests.personas import membership_of

pytestmark = pytest.mark.django_db


def test_staff_acts_while_it_is_active(alice: User) -> None:
    sam = factories.person("sam@portal.example", "Sam Ortega")
    sam.is_staff = True

    authority.only_staff(sam)

    sam.is_active = False
    for nobody in (sam, alice):
        with pytest.raises(NotAllowed):
            authority.only_staff(nobody)


def test_a_member_acts_by_role_until_blocked(
    acme: BusinessAccount, alice: User, bob: User, mia: User, now: datetime
) -> None:
    authority.acting(acme, bob, LicensingPermission.LICENSES_MANAGE)
    with pytest.raises(NotAllowed):
        authority.acting(acme, mia, LicensingPermission.LICENSES_MANAGE)

    members.block(membership=membership_of(bob, acme), by=alice, now=now)

    with pytest.raises(NotAllowed):
        authority.acting(acme, bob, LicensingPermission.LICENSES_MANAGE)


def test_nobody_acts_where_they_dont_belong(globex: BusinessAccount, alice: User) -> None:
    with pytest.raises(NotAllowed):
        authority.acting(globex, alice, Permission.ACCOUNT_VIEW)
