"""What approving will do, in sentences."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.http import Http404

from accounts.directory.models import BusinessAccount
from licensing.activation.forms.activate import ChoiceForm
from licensing.activation.models import ActivationRequest
from licensing.activation.reading import approval_preview as plans
from licensing.activation.reading.approval_preview import ApprovalPreview
from tests.licensing import license_factories

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
END = date(2099, 2, 3)


@pytest.fixture
def asked(now: datetime) -> ActivationRequest:
    return license_factories.request(now=now)


def plan(
    account: BusinessAccount, asked: ActivationRequest, now: datetime, **choice: object
) -> ApprovalPreview:
    form = ChoiceForm({name: str(value) for name, value in choice.items()})
    assert form.is_valid()
    return plans.of(account, asked, form.cleaned_data, now)


def test_a_shared_key_uses_one_of_the_seats_left(
    acme: BusinessAccount, asked: ActivationRequest, now: datetime
) -> None:
    key = license_factories.primary_key(license_factories.subscription(acme, now=now, ends_on=END))

    found = plan(acme, asked, now, key=key.public_id)

    assert list(found.lines()) == [
        f"Use 1 of 100 seats left of Subscription 2027 (key …{key.last_five}), until Feb 3, 2099.",
        "Allow up to 100 concurrent users.",
    ]


def test_a_reserved_key_uses_one_of_its_own(
    acme: BusinessAccount, asked: ActivationRequest, now: datetime
) -> None:
    key = license_factories.key(
        license_factories.subscription(acme, now=now, ends_on=END), now=now, reserved=25
    )

    found = plan(acme, asked, now, key=key.public_id)

    assert list(found.lines()) == [
        f"Use 1 of 25 seats left of key …{key.last_five} (Subscription 2027), until Feb 3, 2099.",
        "Allow up to 25 concurrent users.",
    ]


def test_a_new_key_and_a_trial_say_what_they_set_aside(
    acme: BusinessAccount, asked: ActivationRequest, now: datetime
) -> None:
    license = license_factories.permanent(acme, insured_until=now.date(), now=now)

    cut = plan(acme, asked, now, cut=license.public_id, seats=10)
    trial = plan(acme, asked, now, trial="1")

    assert list(cut.lines()) == ["Cut a new key with 10 of the 25 seats left of Permanent 2023."]
    end = (now + 30 * DAY).date()
    assert list(trial.lines()) == [
        f"Start the trial of Farm One with up to 50 concurrent users, "
        f"until {end:%b} {end.day}, {end.year}."
    ]


def test_replacing_says_who_loses_what(
    acme: BusinessAccount, asked: ActivationRequest, now: datetime
) -> None:
    key = license_factories.primary_key(
        license_factories.subscription(acme, seats=1, now=now, ends_on=END)
    )
    old = license_factories.licensed(
        acme, key, now, "Farm Old", last_seen_at=datetime.fromisoformat("2026-08-01T12:00:00Z")
    )

    without = plan(acme, asked, now, key=key.public_id)
    instead = plan(acme, asked, now, key=key.public_id, replace=old.public_id)

    assert (without.lacks_room, instead.lacks_room) == (True, False)
    assert list(instead.lines()) == [
        f"Take over a seat of Subscription 2027 (key …{key.last_five}), until Feb 3, 2099.",
        "End the license of Farm Old, last seen on Aug 1, 2026.",
    ]


def test_the_same_key_again_keeps_its_seat_and_another_gives_it_back(
    acme: BusinessAccount, now: datetime
) -> None:
    key = license_factories.primary_key(
        license_factories.subscription(acme, seats=1, now=now, ends_on=END)
    )
    farm = license_factories.licensed(acme, key, now)
    other = license_factories.primary_key(
        license_factories.subscription(acme, now=now, name="Other", ends_on=END)
    )
    asked = license_factories.request(now=now, instance_id=farm.instance_id)

    same = plan(acme, asked, now, key=key.public_id)
    moved = plan(acme, asked, now, key=other.public_id)

    assert not same.lacks_room
    assert list(same.lines()) == [
        f"Keep its seat under Subscription 2027 (key …{key.last_five}), until Feb 3, 2099."
    ]
    assert list(moved.lines())[2:] == [
        f"Give back the seat under Subscription 2027 (key …{key.last_five})."
    ]


@pytest.mark.parametrize("what", ["key", "cut", "replace"])
def test_what_belongs_to_others_doesnt_exist(
    what: str,
    acme: BusinessAccount,
    globex: BusinessAccount,
    asked: ActivationRequest,
    now: datetime,
) -> None:
    license = license_factories.subscription(globex, now=now)
    theirs: dict[str, dict[str, object]] = {
        "key": {"key": license_factories.primary_key(license).public_id},
        "cut": {"cut": license.public_id, "seats": 1},
        "replace": {"trial": "1", "replace": license_factories.instance(globex, now=now).public_id},
    }

    with pytest.raises(Http404):
        plan(acme, asked, now, **theirs[what])


@pytest.mark.parametrize(
    "choice",
    [
        {},
        {"key": "nonsense"},
        {"cut": "7d8f5a52-3f0e-4f3c-9a55-0a4c7f6f2e10"},
        {"cut": "7d8f5a52-3f0e-4f3c-9a55-0a4c7f6f2e10", "seats": "-1"},
        {"trial": "1", "key": "7d8f5a52-3f0e-4f3c-9a55-0a4c7f6f2e10"},
    ],
)
def test_half_a_choice_is_none(choice: dict[str, str]) -> None:
    assert not ChoiceForm(choice).is_valid()
