"""Enrollment tokens: made by those who may, used up exactly, and dead when they are revoked."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pytest

from accounts.audit.models import AuditEvent
from accounts.directory.models import BusinessAccount, User
from accounts.errors import NotAllowed
from accounts.outbox.models import OutboxMail
from licensing.activation.errors import InstanceInOtherAccount
from licensing.enrollment.actions import enrollment
from licensing.enrollment.errors import EnrollmentEnded
from licensing.enrollment.models import EnrollmentToken
from licensing.licenses.errors import KeyNotInAccount, NoSeatsLeft, VersionNotCovered
from licensing.licenses.models import Activation, Instance, Key, License
from licensing.protocol import tokens
from tests.licensing import license_factories

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def license(acme: BusinessAccount, now: datetime) -> License:
    return license_factories.subscription(acme, seats=10, now=now)


@pytest.fixture
def token(license: License, alice: User, now: datetime) -> EnrollmentToken:
    return license_factories.enrollment_token(license, uses=2, by=alice, now=now)


def test_the_secret_is_shown_once_and_kept_as_digest(
    acme: BusinessAccount, license: License, bob: User, now: datetime
) -> None:
    made = _make(acme, license, by=bob, now=now)

    assert made.secret.startswith("rase_")
    assert made.token.digest == tokens.digest(made.secret)
    event = AuditEvent.objects.get(event="enrollment_token.made")
    assert (event.subject, event.actor) == ("Rollout", bob)
    assert made.secret not in str(event.details)


def test_mia_cannot_make_one(
    acme: BusinessAccount, license: License, mia: User, now: datetime
) -> None:
    with pytest.raises(NotAllowed):
        _make(acme, license, by=mia, now=now)


def test_a_key_of_another_company_makes_none(
    acme: BusinessAccount, globex: BusinessAccount, alice: User, now: datetime
) -> None:
    theirs = license_factories.subscription(globex, now=now)

    with pytest.raises(KeyNotInAccount):
        _make(acme, theirs, by=alice, now=now)


def test_an_instance_is_activated_at_once(
    token: EnrollmentToken, license: License, now: datetime
) -> None:
    collected = enrollment.activate(
        token=token, installation=license_factories.installation(), now=now
    )

    activation = Activation.objects.live().get()
    assert collected.activation == activation
    assert (activation.channel, activation.collected_at) == ("unattended", now)
    assert activation.instance.token_digest == tokens.digest(collected.token)
    assert _uses(token) == 1
    assert _shared(license) == 1
    assert OutboxMail.objects.get().to == "alice@acme.example"


def test_the_same_instance_again_gets_a_new_token_for_no_use(
    token: EnrollmentToken, license: License, now: datetime
) -> None:
    installation = license_factories.installation()
    first = enrollment.activate(token=token, installation=installation, now=now)

    again = enrollment.activate(token=token, installation=installation, now=now + DAY)

    assert again.activation == first.activation
    assert again.token != first.token
    assert (_uses(token), _shared(license)) == (1, 1)
    assert Instance.objects.get().token_digest == tokens.digest(again.token)


def test_a_used_up_token_still_answers_its_own_instances(
    token: EnrollmentToken, now: datetime
) -> None:
    ours = license_factories.installation()
    enrollment.activate(token=token, installation=ours, now=now)
    enrollment.activate(token=token, installation=license_factories.installation(), now=now)

    again = enrollment.activate(token=token, installation=ours, now=now)

    assert again.document
    with pytest.raises(EnrollmentEnded):
        enrollment.activate(token=token, installation=license_factories.installation(), now=now)
    assert Instance.objects.count() == 2


def test_a_newer_version_of_the_same_instance_costs_a_use(
    token: EnrollmentToken, license: License, now: datetime
) -> None:
    instance_id = uuid.uuid4()
    old = license_factories.installation(instance_id=instance_id, version="20.0")
    enrollment.activate(token=token, installation=old, now=now)
    new = license_factories.installation(
        instance_id=instance_id, version="21.0", mode="upgrade", from_version="20.0"
    )

    enrollment.activate(token=token, installation=new, now=now)

    assert (_uses(token), _shared(license)) == (2, 1)
    assert list(Activation.objects.order_by("pk").values_list("ending", flat=True)) == ["again", ""]


def test_what_a_person_activated_is_not_taken_over_for_nothing(
    token: EnrollmentToken, license: License, now: datetime
) -> None:
    assert license.account is not None
    farm = license_factories.instance(license.account, now=now)
    license_factories.activation(farm, license_factories.primary_key(license), now=now)

    enrollment.activate(
        token=token,
        installation=license_factories.installation(instance_id=farm.instance_id),
        now=now,
    )

    assert (_uses(token), _shared(license)) == (1, 1)


def test_a_revoked_token_answers_nobody(token: EnrollmentToken, alice: User, now: datetime) -> None:
    ours = license_factories.installation()
    enrollment.activate(token=token, installation=ours, now=now)
    enrollment.revoke(token=token, by=alice, now=now)

    for installation in (ours, license_factories.installation()):
        with pytest.raises(EnrollmentEnded):
            enrollment.activate(token=token, installation=installation, now=now)

    assert Activation.objects.live().count() == 1


def test_an_expired_token_answers_nobody(token: EnrollmentToken, now: datetime) -> None:
    ours = license_factories.installation()
    enrollment.activate(token=token, installation=ours, now=now)

    for installation in (ours, license_factories.installation()):
        with pytest.raises(EnrollmentEnded):
            enrollment.activate(token=token, installation=installation, now=token.expires_at)


def test_its_own_key_may_be_named_and_no_other(
    token: EnrollmentToken, license: License, now: datetime
) -> None:
    other = license_factories.key(license, reserved=2, name="Branch", now=now)

    with pytest.raises(KeyNotInAccount):
        enrollment.activate(
            token=token, installation=license_factories.installation(), code=other.code, now=now
        )
    enrollment.activate(
        token=token,
        installation=license_factories.installation(),
        code=license_factories.primary_key(license).code,
        now=now,
    )

    assert _uses(token) == 1


def test_a_refused_activation_costs_no_use(
    acme: BusinessAccount, alice: User, now: datetime
) -> None:
    license = license_factories.permanent(acme, insured_until=None, now=now, version="19")
    token = license_factories.enrollment_token(license, uses=1, by=alice, now=now)

    with pytest.raises(VersionNotCovered):
        enrollment.activate(
            token=token, installation=license_factories.installation(version="21.0"), now=now
        )

    assert _uses(token) == 0
    assert not Instance.objects.exists()


def test_without_a_seat_nothing_is_used(token: EnrollmentToken, now: datetime) -> None:
    License.objects.update(seats=1)
    enrollment.activate(token=token, installation=license_factories.installation(), now=now)

    with pytest.raises(NoSeatsLeft):
        enrollment.activate(token=token, installation=license_factories.installation(), now=now)

    assert _uses(token) == 1


def test_an_instance_of_another_company_is_never_taken(
    token: EnrollmentToken, globex: BusinessAccount, now: datetime
) -> None:
    theirs = license_factories.instance(globex, now=now)
    license_factories.activation(
        theirs,
        license_factories.primary_key(license_factories.subscription(globex, now=now)),
        now=now,
    )

    with pytest.raises(InstanceInOtherAccount):
        enrollment.activate(
            token=token,
            installation=license_factories.installation(instance_id=theirs.instance_id),
            now=now,
        )

    assert _uses(token) == 0
    assert theirs.activations.live().exists()


def _make(
    account: BusinessAccount, license: License, *, by: User, now: datetime
) -> enrollment.NewToken:
    return enrollment.make(
        account=account,
        key=license_factories.primary_key(license),
        name="Rollout",
        uses=5,
        expires_at=now + DAY,
        by=by,
        now=now,
    )


def _uses(token: EnrollmentToken) -> int:
    token.refresh_from_db()
    return token.uses


def _shared(license: License) -> int:
    license.refresh_from_db()
    assert Key.objects.get(license=license, is_primary=True).instances_live == license.seats_shared
    return license.seats_shared
