"""What the instance shall run under: each way to say it, and what is wrong with an answer."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.test import Client

from accounts.directory.models import BusinessAccount, User
from licensing.activation.models import ActivationRequest
from tests.licensing import license_factories
from tests.licensing.activation.views.steps import enter, read
from tests.personas import SignIn

pytestmark = pytest.mark.django_db


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
