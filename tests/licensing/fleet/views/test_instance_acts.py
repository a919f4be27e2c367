"""What is done to an instance in the portal: edit, move, deactivate, declare lost."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from accounts.audit.models import AuditEvent
from accounts.directory.models import BusinessAccount, User
from licensing.licenses.models import Activation, Instance, Key, License
from tests.licensing import license_factories
from tests.personas import SignIn

pytestmark = pytest.mark.django_db
ACTS = ["edit", "move", "deactivate", "lost"]


@pytest.fixture
def license(acme: BusinessAccount, now: datetime) -> License:
    return license_factories.subscription(acme, now=now)


@pytest.fixture
def farm(acme: BusinessAccount, license: License, now: datetime) -> Instance:
    """Farm One, licensed under the primary key, with a document for 30 days."""
    ends_at = now + timedelta(days=30)
    return license_factories.licensed(
        acme, license_factories.primary_key(license), now, document_ends_at=ends_at
    )


def url(act: str, instance: Instance) -> str:
    kwargs = {"slug": instance.account.slug, "public_id": instance.public_id}
    return reverse(f"instance_{act}", kwargs=kwargs)


def live(instance: Instance) -> Activation | None:
    return Activation.objects.live().filter(instance=instance).first()


@pytest.mark.parametrize("act", ACTS)
def test_mia_may_not_and_charlie_finds_nothing(
    act: str, farm: Instance, mia: User, charlie: User, globex: BusinessAccount, sign_in: SignIn
) -> None:
    path = url(act, farm)

    assert sign_in(mia).get(path).status_code == 403
    assert sign_in(mia).post(path, {"name": "Mine"}).status_code == 403
    assert sign_in(charlie).post(path, {"name": "Mine"}).status_code == 404
    crossed = path.replace(farm.account.slug, globex.slug)
    assert sign_in(charlie).post(crossed, {"name": "Mine"}).status_code == 404
    farm.refresh_from_db()
    assert farm.name == "Farm One"
    assert live(farm)


@pytest.mark.parametrize("act", ["move", "deactivate", "lost"])
def test_an_old_proof_is_not_enough(
    act: str, farm: Instance, license: License, bob: User, now: datetime, sign_in: SignIn
) -> None:
    other = license_factories.key(license, now=now, reserved=5)
    browser = sign_in(bob, proven_at=(now - timedelta(minutes=6)).timestamp())

    answer = browser.post(url(act, farm), {"key": other.public_id})

    assert answer.status_code == 302
    assert "reauthenticate" in answer.url  # type: ignore[attr-defined]
    activation = live(farm)
    assert activation is not None
    assert activation.key_id != other.pk


def test_looking_changes_nothing(farm: Instance, bob: User, sign_in: SignIn) -> None:
    browser = sign_in(bob)

    for act in ACTS:
        assert browser.get(url(act, farm)).status_code == 200

    assert live(farm)
    assert not AuditEvent.objects.exists()


def test_bob_names_and_notes(farm: Instance, bob: User, sign_in: SignIn) -> None:
    answer = sign_in(bob).post(
        url("edit", farm), {"name": " Farm Graz ", "note": "Rack 3\r\nDoor 4"}
    )

    assert answer["Location"] == farm.get_absolute_url()
    farm.refresh_from_db()
    assert (farm.name, farm.note) == ("Farm Graz", "Rack 3\nDoor 4")


@pytest.mark.parametrize(
    ("name", "note", "field", "said"),
    [
        ("", "", "name", "An instance needs a name."),
        ("x" * 61, "", "name", "at most 60 characters"),
        ("a\u202eb", "", "name", "invisible character"),
        ("Farm", "x" * 501, "note", "at most 500 characters; these are 501."),
        ("Farm", "a\n\u200bb", "note", "invisible character"),
    ],
)
def test_a_bad_name_or_note_is_explained_at_its_field(
    name: str, note: str, field: str, said: str, farm: Instance, bob: User, sign_in: SignIn
) -> None:
    page = sign_in(bob).post(url("edit", farm), {"name": name, "note": note})

    assert said in page.context["form"].errors[field][0]
    farm.refresh_from_db()
    assert (farm.name, farm.note) == ("Farm One", "")


def test_bob_moves_an_instance_to_another_key(
    farm: Instance, license: License, bob: User, now: datetime, sign_in: SignIn
) -> None:
    graz = license_factories.key(license, now=now, reserved=5, name="Graz")

    answer = sign_in(bob).post(url("move", farm), {"key": graz.public_id})

    assert answer["Location"] == farm.get_absolute_url()
    activation = live(farm)
    assert activation is not None
    assert activation.key == graz
    license.refresh_from_db()
    assert license.seats_shared == 0


def test_only_keys_that_fit_are_offered(
    farm: Instance,
    license: License,
    acme: BusinessAccount,
    globex: BusinessAccount,
    bob: User,
    now: datetime,
    sign_in: SignIn,
) -> None:
    fits = license_factories.key(license, now=now, reserved=5, name="Fits")
    full = license_factories.key(license, now=now, reserved=1, name="Full")
    license_factories.licensed(acme, full, now, "Neighbor")
    Key.objects.filter(pk=license_factories.key(license, now=now, reserved=1).pk).update(
        revoked_at=now
    )
    license_factories.subscription(acme, now=now, ends_on=now.date() - timedelta(days=31))
    license_factories.subscription(acme, now=now, product="desktop-business")
    license_factories.subscription(globex, now=now)
    license_factories.permanent(acme, insured_until=None, now=now, version="19")
    trial = license_factories.subscription(
        acme, now=now, kind="trial", trial_of=license_factories.instance(acme, now=now, name="Test")
    )
    assert trial.keys.exists()

    form = sign_in(bob).get(url("move", farm)).context["form"]

    assert list(form.keys) == [str(fits.public_id)]


def test_a_key_that_filled_up_meanwhile_is_refused_at_the_field(
    farm: Instance,
    license: License,
    acme: BusinessAccount,
    bob: User,
    now: datetime,
    sign_in: SignIn,
) -> None:
    graz = license_factories.key(license, now=now, reserved=1, name="Graz")
    license_factories.key(license, now=now, reserved=1, name="Linz")
    browser = sign_in(bob)
    assert str(graz.public_id) in browser.get(url("move", farm)).context["form"].keys
    license_factories.licensed(acme, graz, now, "Neighbor")

    page = browser.post(url("move", farm), {"key": graz.public_id})

    assert "no longer fits" in page.context["form"].errors["key"][0]
    activation = live(farm)
    assert activation is not None
    assert activation.key.is_primary


def test_a_key_of_another_company_is_no_choice(
    farm: Instance, globex: BusinessAccount, bob: User, now: datetime, sign_in: SignIn
) -> None:
    theirs = license_factories.primary_key(license_factories.subscription(globex, now=now))
    license_factories.subscription(farm.account, now=now, name="Another")

    page = sign_in(bob).post(url("move", farm), {"key": theirs.public_id})

    assert "key" in page.context["form"].errors


def test_many_keys_are_searched(
    farm: Instance, license: License, bob: User, now: datetime, sign_in: SignIn
) -> None:
    for number in range(26):
        license_factories.key(license, now=now, reserved=1, name=f"Key {number:02}")
    browser = sign_in(bob)

    first = browser.get(url("move", farm))
    found = browser.get(url("move", farm) + "?q=key+25")

    assert len(first.context["form"].keys) == 25
    assert 'type="search"' in first.content.decode()
    assert [key.name for key in found.context["form"].keys.values()] == ["Key 25"]


def test_deactivating_says_when_the_instance_stops_and_frees_the_seat(
    farm: Instance, license: License, bob: User, sign_in: SignIn
) -> None:
    browser = sign_in(bob)
    asked = browser.get(url("deactivate", farm)).content.decode()

    answer = browser.post(url("deactivate", farm))

    assert "is free right away" in asked
    assert "is valid until" in asked
    assert answer["Location"] == farm.get_absolute_url()
    license.refresh_from_db()
    assert license.seats_shared == 0
    assert "Its seat is free." in browser.get(farm.get_absolute_url()).content.decode()


def test_deactivating_twice_is_explained(farm: Instance, bob: User, sign_in: SignIn) -> None:
    browser = sign_in(bob)
    browser.post(url("deactivate", farm))

    again = browser.post(url("deactivate", farm), follow=True)

    assert "This instance is no longer licensed." in again.content.decode()
    assert "Farm One isn't licensed" in browser.get(url("deactivate", farm)).content.decode()


def test_a_lost_instance_loses_its_token_once_in_30_days(
    farm: Instance, license: License, bob: User, now: datetime, sign_in: SignIn
) -> None:
    Instance.objects.filter(pk=farm.pk).update(token_digest="x")
    browser = sign_in(bob)

    browser.post(url("lost", farm))

    farm.refresh_from_db()
    assert farm.lost_at is not None
    assert farm.token_digest is None
    license_factories.activation(farm, license_factories.primary_key(license), now=now)
    asked = browser.get(url("lost", farm)).content.decode()
    refused = browser.post(url("lost", farm), follow=True).content.decode()
    assert "was declared lost recently" in asked
    assert "once every 30 days" in refused
    assert live(farm)
