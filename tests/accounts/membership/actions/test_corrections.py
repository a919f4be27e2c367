"""An invitation that bounced gets the right address in one step."""

from __future__ import annotations

from datetime import datetime

import pytest

from accounts.directory.models import BusinessAccount, User
from accounts.errors import InvitationRefused, NotAllowed
from accounts.membership.actions import corrections
from accounts.membership.models import Invitation
from accounts.permissions import Role
from tests import factories

pytestmark = pytest.mark.django_db


def test_the_right_address_gets_the_same_role(
    acme: BusinessAccount, alice: User, now: datetime
) -> None:
    wrong = factories.invitation(
        acme, "dana@gmial.com", by=alice, now=now, role=Role.LICENSE_MANAGER
    )

    corrections.correct(invitation=wrong, address="dana@gmail.com", by=alice, now=now)

    wrong.refresh_from_db()
    assert wrong.revoked_at == now
    assert Invitation.objects.open().get().role == Role.LICENSE_MANAGER


@pytest.mark.parametrize("address", ["nonsense", "mia@acme.example"])
def test_an_address_that_cannot_be_invited_changes_nothing(
    acme: BusinessAccount, alice: User, mia: User, now: datetime, address: str
) -> None:
    wrong = factories.invitation(acme, "dana@gmial.com", by=alice, now=now)

    with pytest.raises(InvitationRefused):
        corrections.correct(invitation=wrong, address=address, by=alice, now=now)

    assert Invitation.objects.open().get() == wrong


def test_members_correct_nothing(
    acme: BusinessAccount, alice: User, mia: User, now: datetime
) -> None:
    wrong = factories.invitation(acme, "dana@gmial.com", by=alice, now=now)

    with pytest.raises(NotAllowed):
        corrections.correct(invitation=wrong, address="dana@gmail.com", by=mia, now=now)
