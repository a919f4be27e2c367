"""Of two who answer a request at once, one does."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from accounts.directory.models import BusinessAccount, User
from licensing.activation.actions import requests
from licensing.activation.errors import RequestAnswered, RequestNotFound
from licensing.activation.models.activation_request import Status
from licensing.activation.models.choice import ApprovalChoice
from licensing.licenses.models import Activation, License
from tests.accounts.membership.actions.race import refusals, run_concurrently
from tests.licensing import license_factories
from tests.licensing.activation.actions.request_steps import approve, status_of

pytestmark = [pytest.mark.embedded, pytest.mark.django_db(transaction=True)]

DAY = timedelta(days=1)


def test_of_two_who_approve_at_once_one_does(
    acme: BusinessAccount, alice: User, bob: User, mia: User, now: datetime
) -> None:
    license = license_factories.subscription(acme, seats=5, now=now)
    choice = ApprovalChoice(key=license_factories.primary_key(license))
    asked = license_factories.request(
        now=now, claimed_by=mia, account=acme, handed_over_at=now, expires_at=now + DAY
    )

    outcomes = run_concurrently(
        lambda: approve(asked, acme, choice, alice, now),
        lambda: approve(asked, acme, choice, bob, now),
    )

    assert [type(each) for each in refusals(outcomes)] == [RequestAnswered]
    license.refresh_from_db()
    assert (license.seats_shared, Activation.objects.live().count()) == (1, 1)


def test_of_two_strangers_with_the_same_code_the_first_has_it(
    acme: BusinessAccount, globex: BusinessAccount, alice: User, charlie: User, now: datetime
) -> None:
    asked = license_factories.request(now=now)

    outcomes = run_concurrently(
        lambda: approve(asked, acme, ApprovalChoice(), alice, now),
        lambda: approve(asked, globex, ApprovalChoice(), charlie, now),
    )

    refused = refusals(outcomes)
    assert len(refused) == 1
    assert isinstance(refused[0], RequestNotFound | RequestAnswered)
    assert Activation.objects.live().count() == 1
    assert License.objects.count() == 1


def test_approving_against_denying_has_one_outcome(
    acme: BusinessAccount, alice: User, bob: User, mia: User, now: datetime
) -> None:
    license = license_factories.subscription(acme, seats=5, now=now)
    asked = license_factories.request(
        now=now, claimed_by=mia, account=acme, handed_over_at=now, expires_at=now + DAY
    )

    outcomes = run_concurrently(
        lambda: approve(
            asked, acme, ApprovalChoice(key=license_factories.primary_key(license)), alice, now
        ),
        lambda: requests.deny(request=asked, by=bob, now=now),
    )

    assert len(refusals(outcomes)) == 1
    license.refresh_from_db()
    assert license.seats_shared == (1 if status_of(asked) == Status.APPROVED else 0)
