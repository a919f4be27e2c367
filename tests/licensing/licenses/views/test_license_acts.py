"""Registering a key that one holds, and taking the list away as a file."""

from __future__ import annotations

import csv
import io
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from accounts.directory.models import BusinessAccount, User
from licensing.events import Event
from licensing.licenses.models import License
from licensing.licenses.reading import csv_export
from licensing.licenses.rules import key_codes
from tests.licensing import license_factories
from tests.personas import Response, SignIn

pytestmark = pytest.mark.django_db


def register(browser: Client, account: BusinessAccount, key: str) -> Response:
    return browser.post(reverse("license_add", kwargs={"slug": account.slug}), {"key": key})


def exported(browser: Client, account: BusinessAccount, **query: str) -> list[dict[str, str]]:
    file = browser.get(reverse("license_export", kwargs={"slug": account.slug}), query)
    text = b"".join(file.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_bob_registers_a_key_in_any_spelling(
    acme: BusinessAccount, bob: User, now: datetime, sign_in: SignIn
) -> None:
    license = license_factories.subscription(None, now=now)
    code = license_factories.primary_key(license).code

    answer = register(sign_in(bob), acme, f"  {code.lower().replace('-', ' ')} ")

    license.refresh_from_db()
    assert license.account == acme
    assert answer["Location"] == license.get_absolute_url()
    assert acme.events.get().event == Event.LICENSE_ADDED


def test_a_key_that_is_here_already_leads_to_its_license(
    acme: BusinessAccount, bob: User, now: datetime, sign_in: SignIn
) -> None:
    license = license_factories.subscription(acme, now=now)

    answer = register(sign_in(bob), acme, license_factories.primary_key(license).code)

    assert answer["Location"] == license.get_absolute_url()
    assert not acme.events.exists()


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("", "Enter the key."),
        ("RAS1-ABCDE", "A key has 20 characters after RAS1; this one has 5."),
        ("RAS1-UUUUU-UUUUU-UUUUU-UUUUU", "A key never contains U."),
        ("?", "A key looks like RAS1-XXXXX-XXXXX-XXXXX-XXXXX."),
        ("x" * 65, "That&#x27;s too long for a key. Enter one key."),
    ],
)
def test_a_mistyped_key_is_explained_at_the_field_and_kept(
    key: str, text: str, acme: BusinessAccount, bob: User, sign_in: SignIn
) -> None:
    page = register(sign_in(bob), acme, key).content.decode()

    assert text in page
    assert f'value="{key}"' in page or not key


def test_a_key_that_nobody_sold_is_refused_at_the_field(
    acme: BusinessAccount, bob: User, sign_in: SignIn
) -> None:
    page = register(sign_in(bob), acme, key_codes.new_code())

    assert page.context["form"].errors["key"] == [
        "We don't know this key. Check it against the original, or ask support."
    ]


def test_a_key_of_another_company_stays_there_and_tells_nothing(
    acme: BusinessAccount, globex: BusinessAccount, charlie: User, now: datetime, sign_in: SignIn
) -> None:
    license = license_factories.subscription(acme, now=now)

    page = register(sign_in(charlie), globex, license_factories.primary_key(license).code)

    license.refresh_from_db()
    assert license.account == acme
    [text] = page.context["form"].errors["key"]
    assert text.startswith("This key belongs to another business account.")
    assert "Acme" not in page.content.decode()


def test_a_revoked_key_brings_nothing(
    acme: BusinessAccount, bob: User, now: datetime, sign_in: SignIn
) -> None:
    license = license_factories.subscription(None, now=now)
    license.keys.update(revoked_at=now)

    page = register(sign_in(bob), acme, license_factories.primary_key(license).code)

    assert page.context["form"].errors["key"] == ["This key was revoked. Choose another one."]
    assert not acme.licenses.exists()


def test_guessing_keys_ends_after_ten_tries(
    acme: BusinessAccount, bob: User, alice: User, now: datetime, sign_in: SignIn
) -> None:
    browser = sign_in(bob)
    license = license_factories.subscription(None, now=now)

    answers = [register(browser, acme, key_codes.new_code()).status_code for _try in range(11)]

    assert answers == [200] * 10 + [429]
    assert register(browser, acme, license_factories.primary_key(license).code).status_code == 429
    assert (
        register(sign_in(alice), acme, license_factories.primary_key(license).code).status_code
        == 302
    )


@pytest.mark.parametrize(("actor", "status"), [("mia", 403), ("charlie", 404)])
def test_only_those_who_manage_licenses_register_keys(
    actor: str,
    status: int,
    acme: BusinessAccount,
    mia: User,
    charlie: User,
    now: datetime,
    sign_in: SignIn,
) -> None:
    license = license_factories.subscription(None, now=now)
    browser = sign_in({"mia": mia, "charlie": charlie}[actor])

    answer = register(browser, acme, license_factories.primary_key(license).code)

    license.refresh_from_db()
    assert (answer.status_code, license.account) == (status, None)


@pytest.mark.embedded
def test_the_file_has_every_license_and_no_whole_key(
    acme: BusinessAccount,
    globex: BusinessAccount,
    mia: User,
    now: datetime,
    sign_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(csv_export, "ROWS_PER_CHUNK", 2)
    for number in range(5):
        license_factories.subscription(acme, now=now, name=f"=cmd|{number}", seats=100 + number)
    license_factories.subscription(globex, now=now, name="Secret")
    codes = [license_factories.primary_key(each).code for each in License.objects.all()]

    rows = exported(sign_in(mia), acme)

    assert [row["License"] for row in rows] == [f"'=cmd|{number}" for number in range(5)]
    assert [row["Seats left"] for row in rows] == ["100", "101", "102", "103", "104"]
    assert rows[0]["Status"] == "Active"
    assert rows[0]["Ends on"] == str(License.objects.earliest("pk").ends_on)
    assert {row["Primary key ends in"] for row in rows} < {f"…{code[-5:]}" for code in codes}


def test_the_file_is_narrowed_like_the_page(
    acme: BusinessAccount, mia: User, now: datetime, sign_in: SignIn
) -> None:
    license_factories.subscription(acme, now=now)
    license_factories.permanent(acme, insured_until=now.date(), now=now)

    [row] = exported(sign_in(mia), acme, kind="permanent")

    assert row["Upgrade insurance until"] == str(now.date())
    assert row["Ends on"] == ""
