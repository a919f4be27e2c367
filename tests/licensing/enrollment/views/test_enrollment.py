"""Enrollment tokens in the portal: made for one key, shown once, revoked at any time."""

from __future__ import annotations

import json
import re
import time
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.directory.models import BusinessAccount, User
from licensing.enrollment.actions.enrollment import NewToken, make
from licensing.enrollment.models import EnrollmentToken
from licensing.licenses.models import Key
from licensing.protocol import tokens
from tests.licensing import license_factories
from tests.personas import SignIn

pytestmark = pytest.mark.django_db


def url(name: str, account: BusinessAccount, **kwargs: object) -> str:
    return reverse(name, kwargs={"slug": account.slug, **kwargs})


@pytest.fixture
def key(acme: BusinessAccount, now: datetime) -> Key:
    return license_factories.primary_key(license_factories.subscription(acme, now=now))


def form(key: Key, /, **changed: str) -> dict[str, str]:
    return {"name": "Image", "key": str(key.public_id), "uses": "10", "days": "30"} | changed


def made(key: Key, by: User, now: datetime, **facts: Any) -> NewToken:
    fields = {"name": "Image", "uses": 10, "expires_at": now + timedelta(days=30)} | facts
    return make(account=key.license.account, key=key, by=by, now=now, **fields)  # type: ignore[arg-type]


def test_bob_makes_a_token_and_sees_it_once_with_the_command(
    acme: BusinessAccount, key: Key, bob: User, sign_in: SignIn
) -> None:
    browser = sign_in(bob)

    page = browser.post(url("enrollment_new", acme), form(key))

    token = EnrollmentToken.objects.get()
    text = unescape(page.content.decode())
    [secret] = {found for found in re.findall(r"rase_[\w-]+", text) if "<" not in found}
    assert tokens.digest(secret) == token.digest
    assert (token.uses_allowed, token.key, token.created_by) == (10, key, bob)
    assert token.expires_at - token.created_at == timedelta(days=30)
    assert "no-store" in page["Cache-Control"]
    assert secret not in browser.get(url("enrollment_list", acme)).content.decode()
    assert secret not in str(acme.events.get().details)


def test_the_command_holds_what_the_interface_wants(
    acme: BusinessAccount, key: Key, bob: User, sign_in: SignIn
) -> None:
    page = sign_in(bob).post(url("enrollment_new", acme), form(key))

    command: str = page.context["command"]
    address, bearer, kind, facts = command.split(" \\\n  ")
    assert address.endswith("/api/v1/activations")
    assert bearer == f"-H 'Authorization: Bearer {page.context['secret']}'"
    assert kind == "-H 'Content-Type: application/json'"
    assert set(json.loads(facts.removeprefix("-d ").strip("'"))) == {
        "type", "mode", "instance_id", "instance_name", "host", "version",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": ""}, "name"),
        ({"uses": "0"}, "uses"),
        ({"uses": "1001"}, "uses"),
        ({"uses": "many"}, "uses"),
        ({"days": "0"}, "days"),
        ({"days": "91"}, "days"),
        ({"key": ""}, "key"),
        ({"key": "nonsense"}, "key"),
        ({"key": "00000000-0000-4000-8000-000000000000"}, "key"),
    ],
)
def test_what_does_not_fit_is_explained_at_its_field(
    changed: dict[str, str],
    field: str,
    acme: BusinessAccount,
    key: Key,
    bob: User,
    sign_in: SignIn,
) -> None:
    page = sign_in(bob).post(url("enrollment_new", acme), form(key, **changed))

    assert list(page.context["form"].errors) == [field]
    assert not EnrollmentToken.objects.exists()


def test_only_keys_under_which_instances_run_here_can_be_chosen(
    acme: BusinessAccount, globex: BusinessAccount, bob: User, now: datetime, sign_in: SignIn
) -> None:
    long_over = license_factories.subscription(
        acme, now=now, ends_on=now.date() - timedelta(days=31)
    )
    desktop = license_factories.subscription(acme, now=now, product="desktop-business")
    revoked = license_factories.subscription(acme, now=now)
    revoked.keys.update(revoked_at=now)
    foreign = license_factories.subscription(globex, now=now)
    farm = license_factories.instance(acme, now=now)
    trial = license_factories.subscription(acme, now=now, kind="trial", trial_of=farm)
    browser = sign_in(bob)

    assert "this account has none" in browser.get(url("enrollment_new", acme)).content.decode()
    for license in (long_over, desktop, revoked, foreign, trial):
        sent = form(license_factories.primary_key(license))
        page = browser.post(url("enrollment_new", acme), sent)
        assert page.context["form"].errors["key"] == ["Choose one of the keys."]
    assert not EnrollmentToken.objects.exists()


def test_from_the_page_of_a_license_its_own_keys_are_offered(
    acme: BusinessAccount, key: Key, bob: User, now: datetime, sign_in: SignIn
) -> None:
    other = license_factories.primary_key(
        license_factories.subscription(acme, now=now, name="Graz")
    )
    address = url("enrollment_new", acme)
    browser = sign_in(bob)

    everything = browser.get(address).content.decode()
    of_graz = browser.get(address, {"license": str(other.license.public_id)}).content.decode()

    assert str(key.public_id) in everything
    assert str(other.public_id) in everything
    assert str(key.public_id) not in of_graz
    assert str(other.public_id) in of_graz


def test_making_a_token_asks_for_a_recent_proof(
    acme: BusinessAccount, key: Key, bob: User, sign_in: SignIn
) -> None:
    stale = sign_in(bob, proven_at=time.time() - 310)

    answer = stale.post(url("enrollment_new", acme), form(key))

    assert answer["Location"].startswith("/accounts/reauthenticate/")
    assert not EnrollmentToken.objects.exists()


def test_the_list_says_what_became_of_each_token(
    acme: BusinessAccount, key: Key, bob: User, mia: User, now: datetime, sign_in: SignIn
) -> None:
    license = key.license
    gone = license_factories.key(license, now=now, reserved=1, name="Gone")
    made(key, bob, now, name="good")
    made(key, bob, now, name="over", expires_at=now - timedelta(days=1))
    full = made(key, bob, now, name="full", uses=1).token
    ended = made(key, bob, now, name="ended").token
    made(Key.objects.select_related("license__account").get(pk=gone.pk), bob, now, name="keyless")
    EnrollmentToken.objects.filter(pk=full.pk).update(uses=1)
    EnrollmentToken.objects.filter(pk=ended.pk).update(revoked_at=now)
    Key.objects.filter(pk=gone.pk).update(revoked_at=now)

    page = sign_in(mia).get(url("enrollment_list", acme))

    assert {line.token.name: line.word for line in page.context["lines"]} == {
        "good": "Open",
        "over": "Expired",
        "full": "Used up",
        "ended": "Revoked",
        "keyless": "Its key was revoked",
    }
    text = page.content.decode()
    assert f"…{key.last_five}" in text
    assert key.code not in text
    assert "/revoke/" not in text
    assert "Make a token" not in text


def test_the_list_pages_by_key_with_the_same_queries(
    acme: BusinessAccount, key: Key, bob: User, now: datetime, sign_in: SignIn
) -> None:
    browser, address = sign_in(bob), url("enrollment_list", acme)
    made(key, bob, now)
    browser.get(address)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            browser.get(address)
        return len(captured)

    few = queries()
    for number in range(30):
        made(key, bob, now, name=f"Image {number}")

    assert few == queries() <= 8
    first = browser.get(address).context["page"]
    second = browser.get(address, {"after": str(first.last.public_id)}).context["page"]
    assert (len(first.rows), len(second.rows), second.has_more) == (25, 6, False)


def test_bob_revokes_a_token_after_being_asked_once(
    acme: BusinessAccount, key: Key, bob: User, now: datetime, sign_in: SignIn
) -> None:
    token = made(key, bob, now).token
    browser, address = sign_in(bob), url("enrollment_revoke", acme, public_id=token.public_id)

    assert "Revoke token" in browser.get(address).content.decode()
    token.refresh_from_db()
    assert token.revoked_at is None

    browser.post(address)

    token.refresh_from_db()
    assert token.revoked_at is not None


@pytest.mark.parametrize(("actor", "status"), [("mia", 403), ("charlie", 404)])
def test_others_neither_make_nor_revoke_tokens(
    actor: str,
    status: int,
    acme: BusinessAccount,
    key: Key,
    bob: User,
    mia: User,
    charlie: User,
    now: datetime,
    sign_in: SignIn,
) -> None:
    token = made(key, bob, now).token
    browser = sign_in({"mia": mia, "charlie": charlie}[actor])

    making = browser.post(url("enrollment_new", acme), form(key))
    ending = browser.post(url("enrollment_revoke", acme, public_id=token.public_id))

    token.refresh_from_db()
    assert (making.status_code, ending.status_code) == (status, status)
    assert (EnrollmentToken.objects.count(), token.revoked_at) == (1, None)
