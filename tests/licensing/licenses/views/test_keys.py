"""What is done to keys in the portal: each act has its address, its refusals and its proof."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from accounts.directory.models import BusinessAccount, User
from licensing.events import Event
from licensing.licenses.models import Key
from tests.factories import PASSWORD
from tests.licensing import license_factories
from tests.personas import SignIn

pytestmark = pytest.mark.django_db
ACTS = ["key_rename", "key_reveal", "key_revoke"]
FORM = {"name": "Graz", "seats": "5"}


def url(name: str, account: BusinessAccount, subject: object) -> str:
    public_id = subject.public_id  # type: ignore[attr-defined]
    return reverse(name, kwargs={"slug": account.slug, "public_id": public_id})


@pytest.fixture
def graz(acme: BusinessAccount, now: datetime) -> Key:
    """A key of Acme that reserves 30 of 100 seats."""
    license = license_factories.subscription(acme, now=now)
    key = license_factories.key(license, now=now, reserved=30, name="Graz")
    return Key.objects.select_related("license__account").get(pk=key.pk)


@pytest.mark.parametrize("name", [*ACTS, "key_cut"])
@pytest.mark.parametrize(("actor", "status"), [("mia", 403), ("charlie", 404)])
def test_only_those_who_manage_licenses_act(
    name: str,
    actor: str,
    status: int,
    acme: BusinessAccount,
    graz: Key,
    mia: User,
    charlie: User,
    sign_in: SignIn,
) -> None:
    browser = sign_in({"mia": mia, "charlie": charlie}[actor])
    subject = graz.license if name == "key_cut" else graz

    answer = browser.post(url(name, acme, subject), FORM)

    graz.refresh_from_db()
    assert answer.status_code == status
    assert graz.code not in answer.content.decode()
    assert (graz.name, graz.revoked_at, Key.objects.count()) == ("Graz", None, 2)


@pytest.mark.parametrize("name", [*ACTS, "key_cut"])
def test_keys_of_acme_are_not_found_through_globex(
    name: str, globex: BusinessAccount, graz: Key, charlie: User, sign_in: SignIn
) -> None:
    subject = graz.license if name == "key_cut" else graz

    assert sign_in(charlie).post(url(name, globex, subject), FORM).status_code == 404


def test_bob_cuts_a_key(acme: BusinessAccount, graz: Key, bob: User, sign_in: SignIn) -> None:
    browser, address = sign_in(bob), url("key_cut", acme, graz.license)
    assert "70 seats are left" in browser.get(address).content.decode()

    answer = browser.post(address, {"name": "Linz", "seats": "70"})

    assert answer["Location"] == graz.license.get_absolute_url()
    assert Key.objects.get(name="Linz").reserved == 70
    full = browser.get(address).content.decode()
    assert "All 100 seats of this license are taken." in full
    assert "Cut key" not in full


@pytest.mark.parametrize(
    ("seats", "text"),
    [
        ("71", "Only 70 seats are left. Reserve at most that many."),
        ("0", "Reserve at least one seat."),
        ("-3", "Reserve at least one seat."),
        ("ten", "Enter a whole number."),
        ("", "Enter how many seats the key reserves."),
        ("9" * 30, "Only 70 seats are left."),
    ],
)
def test_a_wrong_number_of_seats_is_explained_at_the_field(
    seats: str, text: str, acme: BusinessAccount, graz: Key, bob: User, sign_in: SignIn
) -> None:
    page = sign_in(bob).post(url("key_cut", acme, graz.license), {"name": "Linz", "seats": seats})

    assert text in page.content.decode()
    assert 'value="Linz"' in page.content.decode()
    assert Key.objects.count() == 2


def test_seats_that_somebody_took_meanwhile_are_refused_at_the_field(
    acme: BusinessAccount, graz: Key, bob: User, now: datetime, sign_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    # The form still believes what it read before somebody else was faster.
    monkeypatch.setattr("licensing.licenses.forms.CutKeyForm.clean_seats", lambda form: 71)

    page = sign_in(bob).post(url("key_cut", acme, graz.license), {"name": "Linz", "seats": "71"})

    assert "seats" in page.context["form"].errors
    assert Key.objects.count() == 2


def test_bob_renames_a_key(acme: BusinessAccount, graz: Key, bob: User, sign_in: SignIn) -> None:
    browser, address = sign_in(bob), url("key_rename", acme, graz)
    assert 'value="Graz"' in browser.get(address).content.decode()

    answer = browser.post(address, {"name": "Graz, south"})

    graz.refresh_from_db()
    assert answer["Location"] == graz.license.get_absolute_url()
    assert graz.name == "Graz, south"


@pytest.mark.parametrize("name", ["", "x" * 61, "Graz\u202e"])
def test_a_name_that_cannot_be_shown_is_refused(
    name: str, acme: BusinessAccount, graz: Key, bob: User, sign_in: SignIn
) -> None:
    page = sign_in(bob).post(url("key_rename", acme, graz), {"name": name})

    graz.refresh_from_db()
    assert "name" in page.context["form"].errors
    assert graz.name == "Graz"


def test_a_revealed_key_is_shown_once_kept_nowhere_and_noted(
    acme: BusinessAccount, graz: Key, bob: User, sign_in: SignIn
) -> None:
    browser, address = sign_in(bob), url("key_reveal", acme, graz)

    page = browser.post(address)

    assert graz.code in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    event = acme.events.get()
    assert (event.event, event.actor) == (Event.KEY_REVEALED, bob)
    assert graz.code not in str(event.details) + event.subject
    assert browser.get(address).status_code == 405


@pytest.mark.parametrize("name", ["key_reveal", "key_revoke"])
def test_a_stale_proof_is_asked_for_first(
    name: str, acme: BusinessAccount, graz: Key, bob: User, sign_in: SignIn
) -> None:
    stale = sign_in(bob, proven_at=time.time() - 310)

    answer = stale.post(url(name, acme, graz))

    graz.refresh_from_db()
    assert answer["Location"].startswith("/accounts/reauthenticate/")
    assert graz.revoked_at is None
    assert not acme.events.exists()


def test_revoking_says_what_will_be_lost_and_then_does_it(
    acme: BusinessAccount, graz: Key, bob: User, sign_in: SignIn
) -> None:
    browser, address = sign_in(bob), url("key_revoke", acme, graz)
    assert "The 30 seats that it reserves are free again" in browser.get(address).content.decode()

    answer = browser.post(address)

    graz.refresh_from_db()
    graz.license.refresh_from_db()
    assert answer["Location"] == graz.license.get_absolute_url()
    assert graz.revoked_at is not None
    assert graz.license.seats_left == 100
    assert browser.post(address).status_code == 404


def test_a_revoked_primary_key_is_replaced_by_a_new_one(
    acme: BusinessAccount, graz: Key, bob: User, sign_in: SignIn
) -> None:
    old = license_factories.primary_key(graz.license)
    browser, address = sign_in(bob), url("key_revoke", acme, old)
    assert "a new one takes its place" in browser.get(address).content.decode()

    page = browser.post(address, follow=True)

    successor = graz.license.keys.live().get(is_primary=True)
    assert successor.code != old.code
    assert f"The new primary key ends in …{successor.last_five}." in page.content.decode()


def test_a_key_under_which_instances_run_is_not_revoked(
    acme: BusinessAccount, graz: Key, bob: User, now: datetime, sign_in: SignIn
) -> None:
    for number in range(2):
        license_factories.activation(
            license_factories.instance(acme, now=now, name=f"Farm {number}"), graz, now=now
        )
    address = url("key_revoke", acme, graz)

    page = sign_in(bob).post(address).content.decode()

    graz.refresh_from_db()
    assert graz.revoked_at is None
    assert "2 instances use this key." in page
    assert f"?key={graz.public_id}" in page
    assert "Revoke key" not in page


def test_revoking_counts_the_enrollment_tokens_that_end_with_it(
    acme: BusinessAccount, graz: Key, bob: User, now: datetime, sign_in: SignIn
) -> None:
    graz.enrollment_tokens.create(
        account=acme, name="Image", digest="d", uses_allowed=3, created_at=now, created_by=bob,
        expires_at=now + timedelta(days=1),
    )  # fmt: skip

    page = sign_in(bob).get(url("key_revoke", acme, graz)).content.decode()

    assert "1 enrollment token for it stops working." in page


def test_after_the_proof_the_key_is_shown_without_another_click(
    acme: BusinessAccount, graz: Key, bob: User, sign_in: SignIn
) -> None:
    browser = sign_in(bob, proven_at=time.time() - 310)
    asked = browser.post(url("key_reveal", acme, graz))

    page = browser.post(asked["Location"], {"password": PASSWORD}, follow=True)

    assert graz.code in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert acme.events.count() == 1
