"""Approvals that other instances, or earlier lives of the same one, have a part in."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from accounts.audit.models import AuditEvent
from accounts.directory.models import BusinessAccount, User
from accounts.permissions import Role
from licensing.activation.errors import InstanceInOtherAccount, SplitNotConfirmed
from licensing.activation.models import ActivationRequest
from licensing.activation.models.activation_request import Status
from licensing.activation.models.choice import ApprovalChoice
from licensing.events import Event
from licensing.licenses.errors import (
    KeyNotInAccount,
)
from licensing.licenses.models import Activation, Key, License
from tests import factories
from tests.licensing import license_factories
from tests.licensing.activation.actions.request_steps import approve, status_of

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def test_an_instance_makes_room_for_another(
    asked: ActivationRequest, acme: BusinessAccount, key: Key, alice: User, now: datetime
) -> None:
    silent = license_factories.instance(acme, now=now - 60 * DAY, name="Farm Old")
    license_factories.activation(silent, key, now=now - 60 * DAY)

    approve(asked, acme, ApprovalChoice(key=key, replacing=silent), alice, now)

    assert silent.activations.get().ending == Activation.Ending.REPLACED
    assert Activation.objects.live().get().instance.name == "Farm One"
    key.license.refresh_from_db()
    assert key.license.seats_shared == 1
    event = AuditEvent.objects.get(event=Event.INSTANCE_REPLACED)
    assert event.details["successor"] == "Farm One"


def test_an_instance_of_another_company_makes_no_room(
    asked: ActivationRequest,
    acme: BusinessAccount,
    globex: BusinessAccount,
    key: Key,
    alice: User,
    now: datetime,
) -> None:
    foreign = license_factories.licensed(
        globex, license_factories.primary_key(license_factories.subscription(globex, now=now)), now
    )

    with pytest.raises(KeyNotInAccount):
        approve(asked, acme, ApprovalChoice(key=key, replacing=foreign), alice, now)

    assert foreign.activations.get().deactivated_at is None


def test_an_upgrade_keeps_the_instance_its_name_and_its_history(
    acme: BusinessAccount, key: Key, alice: User, now: datetime
) -> None:
    farm = license_factories.instance(acme, now=now - 90 * DAY, name="Graz", version="19.4")
    license_factories.activation(farm, key, now=now - 90 * DAY)
    upgrade = license_factories.request(
        now=now,
        instance_id=farm.instance_id,
        mode="upgrade",
        from_version="19.4",
        version="21.0",
    )

    activation = approve(upgrade, acme, ApprovalChoice(key=key), alice, now)

    farm.refresh_from_db()
    assert (activation.instance, farm.name, farm.version) == (farm, "Graz", "21.0")
    assert [each.ending for each in farm.activations.order_by("pk")] == ["again", ""]
    key.license.refresh_from_db()
    assert key.license.seats_shared == 1
    assert AuditEvent.objects.filter(event=Event.INSTANCE_UPGRADED).exists()


def test_splitting_over_two_accounts_has_to_be_meant(
    asked: ActivationRequest, acme: BusinessAccount, globex: BusinessAccount, now: datetime
) -> None:
    eve = factories.person("eve@winter.example")
    factories.member(acme, eve, Role.LICENSE_MANAGER)
    factories.member(globex, eve, Role.LICENSE_MANAGER)
    license_factories.instance(acme, now=now)

    with pytest.raises(SplitNotConfirmed):
        approve(asked, globex, ApprovalChoice(), eve, now)
    approve(asked, globex, ApprovalChoice(), eve, now, split=True)

    assert status_of(asked) == Status.APPROVED


def test_what_runs_under_another_account_is_never_moved(
    acme: BusinessAccount, globex: BusinessAccount, alice: User, now: datetime
) -> None:
    theirs = license_factories.licensed(
        globex, license_factories.primary_key(license_factories.subscription(globex, now=now)), now
    )
    asked = license_factories.request(now=now, instance_id=theirs.instance_id)

    with pytest.raises(InstanceInOtherAccount):
        approve(asked, acme, ApprovalChoice(), alice, now)

    assert not License.objects.filter(account=acme).exists()
    assert Activation.objects.live().get().instance == theirs
