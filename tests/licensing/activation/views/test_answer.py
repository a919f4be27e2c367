"""The consent page, its three answers, and what became of the request."""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.directory.models import BusinessAccount, User
from licensing.activation.actions import collecting
from licensing.activation.models import ActivationRequest
from licensing.licenses.models import Activation, Instance, Key
from tests import factories
from tests.licensing import license_factories
from tests.licensing.activation.views.steps import enter, read, send, status_of
from tests.personas import SignIn

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
STALE = 310  # seconds since the password was typed


@pytest.fixture
def asked(now: datetime) -> ActivationRequest:
    return license_factories.request(now=now, device_code="rasd_secret")


@pytest.fixture
def key(acme: BusinessAccount, now: datetime) -> Key:
    return license_factories.primary_key(
        license_factories.subscription(acme, seats=5, now=now, ends_on=date(2099, 2, 3))
    )


@pytest.fixture
def browser(asked: ActivationRequest, bob: User, sign_in: SignIn) -> Client:
    """Bob's, with the code entered."""
    return enter(sign_in(bob), asked)


def done(asked: ActivationRequest) -> str:
    return reverse("activation_done", kwargs={"public_id": asked.public_id})


def page(browser: Client, asked: ActivationRequest) -> str:
    return browser.get(done(asked)).content.decode()


def test_the_consent_page_says_everything_and_changes_nothing(
    browser: Client, asked: ActivationRequest, acme: BusinessAccount, key: Key
) -> None:
    before = ActivationRequest.objects.values().get()

    html = read(browser, "confirm", asked, acme, key=key.public_id).content.decode()

    facts = (
        asked.display_code,
        "Farm One",
        "ras1.acme.example",
        "20.0",
        "192.0.2.7",
        "Acme Corp",
        f"Use 1 of 5 seats left of Subscription 2027 (key …{key.last_five}), until Feb 3, 2099.",
        "This isn&#x27;t mine",
    )
    assert [
        fact for fact in facts if fact not in html and fact.replace("&#x27;", "'") not in html
    ] == []
    assert key.code not in html
    assert ActivationRequest.objects.values().get() == before


def test_an_upgrade_says_from_where_to_where(
    acme: BusinessAccount, key: Key, bob: User, sign_in: SignIn, now: datetime
) -> None:
    asked = license_factories.request(now=now, mode="upgrade", from_version="19.4", version="21.0")

    html = read(
        enter(sign_in(bob), asked), "confirm", asked, acme, key=key.public_id
    ).content.decode()

    assert "Upgrade Farm One?" in html
    assert "19.4 → 21.0" in html


def test_bob_approves_and_the_console_collects(
    browser: Client, asked: ActivationRequest, acme: BusinessAccount, key: Key, now: datetime
) -> None:
    answer = send(browser, "approve", asked, acme, key=key.public_id)
    collected = collecting.poll(device_code="rasd_secret", now=now)

    html = page(browser, asked)
    assert answer["Location"] == done(asked)
    assert collected.activation.key == key
    assert "Done. Farm One is licensed until Feb 3, 2099." in html
    assert f'href="/b/{acme.slug}/"' in html
    assert "Activating <b>" not in html


def test_pressed_twice_it_is_done_once(
    browser: Client, asked: ActivationRequest, acme: BusinessAccount, key: Key
) -> None:
    answers = [send(browser, "approve", asked, acme, key=key.public_id) for _ in range(2)]

    assert [each["Location"] for each in answers] == [done(asked)] * 2
    assert Activation.objects.count() == 1


def test_a_trial_and_a_key_to_be_cut_are_approved_too(
    browser: Client, acme: BusinessAccount, key: Key, asked: ActivationRequest, now: datetime
) -> None:
    other = license_factories.request(now=now, instance_name="Farm Two")
    enter(browser, other)

    send(browser, "approve", asked, acme, trial="1")
    send(browser, "approve", other, acme, cut=key.license.public_id, seats="3")

    by_name = {each.instance.name: each.key for each in Activation.objects.live()}
    assert by_name["Farm One"].license.kind == "trial"
    assert by_name["Farm Two"].reserved == 3


def test_approving_asks_for_a_recent_proof(
    asked: ActivationRequest, acme: BusinessAccount, key: Key, bob: User, sign_in: SignIn
) -> None:
    browser = enter(sign_in(bob, proven_at=time.time() - STALE), asked)

    ask = send(browser, "approve", asked, acme, key=key.public_id)["Location"]
    before = status_of(asked)
    after = browser.post(ask, {"password": factories.PASSWORD})

    assert ask.startswith("/accounts/reauthenticate/")
    assert (before, after["Location"], status_of(asked)) == ("pending", done(asked), "approved")


@pytest.mark.parametrize("act", ["approve", "deny", "disown", "hand_over"])
def test_opening_an_answers_address_answers_nothing(
    act: str, browser: Client, asked: ActivationRequest, acme: BusinessAccount, key: Key
) -> None:
    assert read(browser, act, asked, acme, key=key.public_id).status_code == 405
    assert status_of(asked) == "pending"


def test_denying_and_disowning_say_what_they_mean(
    browser: Client, asked: ActivationRequest, acme: BusinessAccount, now: datetime
) -> None:
    other = license_factories.request(now=now)
    enter(browser, other)

    send(browser, "deny", asked, acme)
    send(browser, "disown", other, acme)

    assert "Denied. Nothing was activated." in page(browser, asked)
    assert "Thank you for telling us" in page(browser, other)
    denied = ActivationRequest.objects.in_bulk([asked.pk, other.pk])
    assert (denied[asked.pk].disowned, denied[other.pk].disowned) == (False, True)
    assert not Instance.objects.exists()


def test_after_an_answer_another_one_only_shows_the_first(
    browser: Client, asked: ActivationRequest, acme: BusinessAccount, key: Key
) -> None:
    send(browser, "deny", asked, acme)

    approve = send(browser, "approve", asked, acme, key=key.public_id)
    disown = send(browser, "disown", asked, acme)

    assert approve["Location"] == disown["Location"] == done(asked)
    assert (status_of(asked), ActivationRequest.objects.get().disowned) == ("denied", False)


def test_mia_sends_it_to_an_administrator_who_approves_in_their_own_browser(
    asked: ActivationRequest,
    acme: BusinessAccount,
    key: Key,
    mia: User,
    alice: User,
    sign_in: SignIn,
) -> None:
    mias = enter(sign_in(mia), asked)

    sent = send(mias, "hand_over", asked, acme)
    waiting = page(mias, asked)
    alices = sign_in(alice)
    consent = read(alices, "confirm", asked, acme, key=key.public_id).content.decode()
    send(alices, "approve", asked, acme, key=key.public_id)

    assert sent["Location"] == done(asked)
    assert "Sent. The console waits for up to 24 hours." in waiting
    assert "Mia Chen" in consent
    assert "Done. Farm One is licensed" in page(mias, asked)
    assert "Done. Farm One is licensed" in page(alices, asked)


def test_mia_takes_a_sent_request_back(
    asked: ActivationRequest, acme: BusinessAccount, mia: User, sign_in: SignIn
) -> None:
    browser = enter(sign_in(mia), asked)
    send(browser, "hand_over", asked, acme)

    again = browser.get(asked.get_absolute_url())
    send(browser, "deny", asked, acme)

    assert again["Location"] == done(asked)
    assert status_of(asked) == "denied"


def test_an_approval_that_nobody_collected_says_so(
    browser: Client, asked: ActivationRequest, acme: BusinessAccount, key: Key, now: datetime
) -> None:
    send(browser, "approve", asked, acme, key=key.public_id)
    ActivationRequest.objects.update(expires_at=now)

    assert "the console never picked up its license" in page(browser, asked)


def test_a_file_is_answered_with_a_file(
    acme: BusinessAccount, key: Key, bob: User, sign_in: SignIn, now: datetime
) -> None:
    asked = license_factories.request(
        now=now,
        channel="offline",
        device_code_digest=None,
        user_code=None,
        file_digest="f" * 64,
        claimed_by=bob,
    )
    browser = sign_in(bob)

    send(browser, "approve", asked, acme, key=key.public_id)

    assert "Download the license file" in page(browser, asked)
    assert reverse("activation_file", kwargs={"public_id": asked.public_id}) in page(browser, asked)
