"""The page that makes an enrollment token: loaded again, clicked twice, gone back to."""

from __future__ import annotations

import re
import uuid
from datetime import datetime, timedelta
from html import unescape

import pytest
from django.urls import reverse

from accounts.directory.models import BusinessAccount, User
from licensing.enrollment.actions import enrollment
from licensing.enrollment.errors import TokenAlreadyMade
from licensing.enrollment.models import EnrollmentToken
from licensing.licenses.models import Key
from tests.accounts.membership.actions.race import refusals, run_concurrently
from tests.licensing import license_factories
from tests.personas import SignIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def key(acme: BusinessAccount, now: datetime) -> Key:
    return license_factories.primary_key(license_factories.subscription(acme, now=now))


@pytest.fixture
def address(acme: BusinessAccount) -> str:
    return reverse("enrollment_new", kwargs={"slug": acme.slug})


def form(key: Key, form_token: str, name: str = "Image") -> dict[str, str]:
    chosen = {"name": name, "key": str(key.public_id), "uses": "10", "days": "30"}
    return chosen | {"form_token": form_token}


def test_the_page_that_shows_a_token_makes_no_other_one_when_it_is_loaded_again(
    acme: BusinessAccount, address: str, key: Key, bob: User, sign_in: SignIn
) -> None:
    browser = sign_in(bob)
    [form_token] = re.findall(
        r'name="form_token" value="([^"]+)"', browser.get(address).content.decode()
    )
    sent = form(key, form_token)
    browser.post(address, sent)

    again = browser.post(address, sent, follow=True)

    text = unescape(again.content.decode())
    assert "That token was already created and is shown only once." in text
    assert again.redirect_chain == [(reverse("enrollment_list", kwargs={"slug": acme.slug}), 302)]
    assert EnrollmentToken.objects.count() == 1
    assert acme.events.count() == 1


def test_other_words_in_the_same_form_make_another_token(
    address: str, key: Key, bob: User, sign_in: SignIn
) -> None:
    browser, form_token = sign_in(bob), str(uuid.uuid4())

    for name in ("Image", "Image Two"):
        browser.post(address, form(key, form_token, name))

    assert set(EnrollmentToken.objects.values_list("name", flat=True)) == {"Image", "Image Two"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.embedded
def test_two_clicks_at_once_make_one_token(key: Key, bob: User, now: datetime) -> None:
    form_token = uuid.uuid4()

    def make() -> enrollment.NewToken:
        return enrollment.make(
            account=key.license.account,  # type: ignore[arg-type]
            key=key,
            name="Image",
            uses=10,
            expires_at=now + timedelta(days=30),
            form_token=form_token,
            by=bob,
            now=now,
        )

    outcomes = run_concurrently(make, make)

    assert [type(refusal) for refusal in refusals(outcomes)] == [TokenAlreadyMade]
    assert EnrollmentToken.objects.count() == 1
