"""An enrollment token is worth what its maker may do now (SPEC 4.1)."""

from __future__ import annotations

from datetime import datetime

import pytest

from accounts.directory.models import BusinessAccount, User
from accounts.membership.actions import members
from accounts.permissions import Role
from licensing.enrollment.actions import enrollment
from licensing.enrollment.errors import EnrollmentEnded
from licensing.enrollment.models import EnrollmentToken
from tests.licensing import license_factories
from tests.personas import membership_of

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


@pytest.mark.parametrize("change", ["blocked", "demoted", "removed", "disabled"])
def test_a_token_is_worth_what_its_maker_may_do_now(
    change: str, acme: BusinessAccount, alice: User, bob: User, now: datetime
) -> None:
    token = license_factories.enrollment_token(
        license_factories.subscription(acme, now=now), by=bob, now=now
    )
    membership = membership_of(bob, acme)
    if change == "blocked":
        members.block(membership=membership, by=alice, now=now)
    elif change == "demoted":
        members.change_role(membership=membership, role=Role.MEMBER, by=alice, now=now)
    elif change == "removed":
        members.remove(membership=membership, by=alice, now=now)
    else:
        User.objects.filter(pk=bob.pk).update(is_active=False)

    with pytest.raises(EnrollmentEnded, match="can no longer manage licenses"):
        enrollment.activate(token=token, installation=license_factories.installation(), now=now)

    assert not acme.instances.exists()
    listed = EnrollmentToken.objects.with_standing().get()
    assert vars(listed)["maker_may"] is False
