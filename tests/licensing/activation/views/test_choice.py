"""What the instance shall run under: each way to say it, and what is wrong with an answer."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.test import Client

from accounts.directory.models import BusinessAccount, User
from licensing.activation.models import ActivationRequest
from licensing.licenses.models import Key
from licensing.licenses.rules import key_codes
from tests.licensing import license_factories
from tests.licensing.activation.views.steps import enter, read, send
from tests.personas import SignIn

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def asked(now: datetime) -> ActivationRequest:
    return license_factories.request(now=now)


@pytest.fixture
def browser(asked: ActivationRequest, bob: User, sign_in: SignIn) -> Client:
    """Bob's, with the code entered."""
    return enter(sign_in(bob), asked)


def confirm(asked: ActivationRequest, account: BusinessAccount, choice: str) -> str:
    return f"/activate/{asked.public_id}/confirm/?account={account.slug}&{choice}"


def test_a_new_account_starts_a_trial_or_enters_a_key(
    browser: Client, asked: ActivationRequest, acme: BusinessAccount
) -> None:
    page = read(browser, "license", asked, acme)
    trial = read(browser, "license", asked, acme, chosen="1", source="trial")
    key = read(browser, "license", asked, acme, chosen="1", source="enter")

    assert [value for value, _title in page.context["form"].fields["source"].choices] == [
        "trial",
        "enter",
    ]
    assert page.context["form"].initial["source"] == "trial"
    assert trial["Location"] == confirm(asked, acme, "trial=1")
    assert key["Location"] == f"/activate/{asked.public_id}/key/?account={acme.slug}"


def test_a_key_leads_to_the_consent(
    browser: Client, asked: ActivationRequest, acme: BusinessAccount, now: datetime
) -> None:
    key = license_factories.primary_key(license_factories.subscription(acme, now=now))

    answer = read(browser, "license", asked, acme, chosen="1", source=f"key:{key.public_id}")

    assert answer["Location"] == confirm(asked, acme, f"key={key.public_id}")


def test_nothing_chosen_is_told_at_the_rows(
    browser: Client, asked: ActivationRequest, acme: BusinessAccount
) -> None:
    page = read(browser, "license", asked, acme, chosen="1")

    assert page.context["form"].errors["source"] == ["Choose one of these."]


@pytest.mark.parametrize("source", ["", "key:", "key:nonsense", "hello", "replace:1"])
def test_an_answer_that_isnt_offered_is_asked_again(
    source: str, browser: Client, asked: ActivationRequest, acme: BusinessAccount
) -> None:
    page = read(browser, "license", asked, acme, chosen="1", source=source)

    assert page.context["form"].errors["source"] == ["Choose one of these."]


def test_what_does_not_fit_stands_there_with_the_reason_and_cannot_be_chosen(
    browser: Client, asked: ActivationRequest, acme: BusinessAccount, now: datetime
) -> None:
    ended_on = date(2024, 10, 31)
    ended = license_factories.subscription(
        acme, now=now, starts_on=date(2023, 11, 1), ends_on=ended_on
    )
    key = license_factories.primary_key(ended)

    page = read(browser, "license", asked, acme)
    forced = read(browser, "license", asked, acme, chosen="1", source=f"key:{key.public_id}")

    html = page.content.decode()
    assert f'value="key:{key.public_id}"' in html
    assert "disabled" in html.split(f'value="key:{key.public_id}"')[1].split(">")[0]
    assert "Ended on Oct 31, 2024." in html
    assert forced.context["form"].errors["source"]


def test_the_key_that_the_console_named_is_chosen_beforehand(
    acme: BusinessAccount, bob: User, sign_in: SignIn, now: datetime
) -> None:
    license_factories.subscription(acme, now=now, name="Other")
    named = license_factories.primary_key(license_factories.subscription(acme, now=now))
    license_factories.subscription(acme, now=now, name="Third")
    asked = license_factories.request(now=now, key_hint=named.code)

    page = read(enter(sign_in(bob), asked), "license", asked, acme)

    assert page.context["form"].initial["source"] == f"key:{named.public_id}"
    assert "named by the console" in page.content.decode()
    assert named.code not in page.content.decode()


def test_a_key_that_the_console_named_is_added_without_showing_it(
    acme: BusinessAccount, bob: User, sign_in: SignIn, now: datetime
) -> None:
    sold = license_factories.primary_key(license_factories.subscription(None, now=now))
    asked = license_factories.request(now=now, key_hint=sold.code)
    browser = enter(sign_in(bob), asked)

    page = read(browser, "license", asked, acme).content.decode()
    added = send(browser, "key", asked, acme, hint="1")

    assert f"The console named key …{sold.last_five}" in page
    assert sold.code not in page
    assert added["Location"] == confirm(asked, acme, f"key={sold.public_id}")
    assert Key.objects.get(pk=sold.pk).license.account == acme


def test_a_named_key_that_cant_be_added_isnt_shown_either(
    acme: BusinessAccount, globex: BusinessAccount, bob: User, sign_in: SignIn, now: datetime
) -> None:
    theirs = license_factories.primary_key(license_factories.subscription(globex, now=now))
    asked = license_factories.request(now=now, key_hint=theirs.code)
    browser = enter(sign_in(bob), asked)

    refused = send(browser, "key", asked, acme, hint="1")
    page = browser.get(refused["Location"]).content.decode()

    assert "This key belongs to another business account." in page
    assert theirs.code not in page


def test_a_key_is_typed_in_any_spelling(
    browser: Client, asked: ActivationRequest, acme: BusinessAccount, now: datetime
) -> None:
    sold = license_factories.primary_key(license_factories.subscription(None, now=now))

    added = send(browser, "key", asked, acme, key=sold.code.lower().replace("-", " "))

    assert added["Location"] == confirm(asked, acme, f"key={sold.public_id}")


def wrong_keys(acme: BusinessAccount, globex: BusinessAccount, now: datetime) -> dict[str, str]:
    revoked = license_factories.primary_key(license_factories.subscription(None, now=now))
    revoked.revoked_at = now
    revoked.save(update_fields=["revoked_at"])
    return {
        "unknown": key_codes.new_code(),
        "taken": license_factories.primary_key(
            license_factories.subscription(globex, now=now)
        ).code,
        "revoked": revoked.code,
        "mistyped": "RAS1-AAAAA-BBBBB-CCCCC-DDDDE",
        "empty": "",
    }


@pytest.mark.parametrize(
    ("which", "text"),
    [
        ("unknown", "We don't know this key"),
        ("taken", "belongs to another business account"),
        ("revoked", "was revoked"),
        ("mistyped", "Compare it with the original"),
        ("empty", "Enter the key."),
    ],
)
def test_a_wrong_key_is_told_at_the_field(
    which: str,
    text: str,
    browser: Client,
    asked: ActivationRequest,
    acme: BusinessAccount,
    globex: BusinessAccount,
    now: datetime,
) -> None:
    page = send(browser, "key", asked, acme, key=wrong_keys(acme, globex, now)[which])

    assert page.status_code == 200
    assert text in page.context["form"].errors["key"][0]


def test_keys_are_guessed_ten_times_in_ten_minutes(
    browser: Client, asked: ActivationRequest, acme: BusinessAccount
) -> None:
    tries = [
        send(browser, "key", asked, acme, key=key_codes.new_code()).status_code for _ in range(11)
    ]

    assert tries == [200] * 10 + [429]


def test_a_key_is_cut_with_as_many_seats_as_are_left(
    browser: Client, asked: ActivationRequest, acme: BusinessAccount, now: datetime
) -> None:
    license = license_factories.subscription(acme, seats=10, now=now)
    cut = str(license.public_id)

    fits = read(browser, "cut", asked, acme, cut=cut, seats="10")
    over = read(browser, "cut", asked, acme, cut=cut, seats="11")
    none = read(browser, "cut", asked, acme, cut=cut, seats="0")
    odd = read(browser, "cut", asked, acme, cut="hello", seats="ten")

    assert fits["Location"] == confirm(asked, acme, f"cut={cut}&seats=10")
    assert over.context["form"].errors["seats"] == ["Only 10 are left."]
    assert none.context["form"].errors["seats"] == ["Set at least one seat aside."]
    assert set(odd.context["form"].errors) == {"cut", "seats"}


def test_a_key_that_no_longer_covers_is_said_on_top(
    acme: BusinessAccount, bob: User, sign_in: SignIn, now: datetime
) -> None:
    old = license_factories.permanent(acme, insured_until=date(2024, 1, 31), now=now)
    farm = license_factories.licensed(acme, license_factories.primary_key(old), now)
    asked = license_factories.request(
        now=now, instance_id=farm.instance_id, mode="upgrade", from_version="19.4", version="21.0"
    )

    page = read(enter(sign_in(bob), asked), "license", asked, acme).content.decode()

    assert "Permanent 2023 now, which can&#x27;t be used" in page.replace("can't", "can&#x27;t")
    assert "its upgrade insurance ended on Jan 31, 2024" in page


def test_what_runs_elsewhere_has_to_be_deactivated_there(
    acme: BusinessAccount, globex: BusinessAccount, bob: User, sign_in: SignIn, now: datetime
) -> None:
    theirs = license_factories.licensed(
        globex,
        license_factories.primary_key(license_factories.subscription(globex, now=now)),
        now,
        "Their secret farm",
    )
    asked = license_factories.request(now=now, instance_id=theirs.instance_id)

    page = read(enter(sign_in(bob), asked), "license", asked, acme).content.decode()

    assert "Farm One is licensed under another business account" in page
    assert "Globex" not in page
    assert "Their secret farm" not in page
