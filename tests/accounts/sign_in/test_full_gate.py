"""Where a password is checked or chosen while the gate is full (SPEC 6)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

import pytest
from django.test import Client

from accounts.directory.models import BusinessAccount, User
from accounts.membership.models import Invitation
from tests import factories, hash_gates, mails
from tests.factories import PASSWORD
from tests.personas import SignIn

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]
NEW = "a brand new pass phrase"
Full = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def full(tmp_path: Path) -> Full:
    return lambda: hash_gates.full(tmp_path)


@pytest.fixture
def busy_for_a_moment(tmp_path: Path) -> Full:
    """Strangers keep waiting; the one who hashes is through soon."""
    return lambda: hash_gates.full(tmp_path, until=0.2)


@pytest.mark.parametrize("email", ["alice@acme.example", "nobody@acme.example"])
@pytest.mark.parametrize("password", [PASSWORD, "wrong password here"])
def test_sign_in_says_busy_before_anybody_is_looked_up(
    client: Client,
    alice: User,
    full: Full,
    email: str,
    password: str,
    *,
    django_assert_num_queries: Callable[[int], AbstractContextManager[object]],
) -> None:
    form = {"login": email, "password": password, "next": "/b/new/"}
    with full(), django_assert_num_queries(0):
        response = client.post("/accounts/login/", form)

    page = response.content.decode()
    assert response.status_code == 503
    assert response["Retry-After"] == "5"
    assert "no-store" in response["Cache-Control"]
    assert f"/accounts/login/?email={email.replace('@', '%40')}&amp;next=%2Fb%2Fnew%2F" in page
    assert password not in page


def test_try_again_has_what_was_typed(client: Client, full: Full) -> None:
    form = {"name": "Dana Fox", "email": "dana@initech.example", "password1": PASSWORD}
    with full():
        busy = client.post("/accounts/signup/", form)
    again = busy.content.decode().partition('href="/accounts/signup/?')[2].partition('"')[0]

    page = client.get(f"/accounts/signup/?{again.replace('&amp;', '&')}").content.decode()

    assert busy.status_code == 503
    assert 'value="Dana Fox"' in page
    assert 'value="dana@initech.example"' in page
    assert PASSWORD not in page
    assert not User.objects.filter(email="dana@initech.example").exists()


def test_what_is_no_door_stays_open(client: Client, full: Full) -> None:
    with full():
        assert client.get("/accounts/login/").status_code == 200
        assert client.get("/healthz").status_code == 200
        assert client.post("/accounts/password/reset/", {"email": "a@b.example"}).status_code == 302


def test_a_known_browser_still_gets_in(
    client: Client, alice: User, busy_for_a_moment: Full
) -> None:
    form = {"login": alice.email, "password": PASSWORD}
    client.post("/accounts/login/", form)
    client.post("/accounts/logout/")
    assert "_auth_user_id" not in client.session

    with busy_for_a_moment():
        response = client.post("/accounts/login/", form)

    assert response.status_code == 302


def test_a_known_browser_is_a_stranger_to_others(
    client: Client, alice: User, charlie: User, full: Full
) -> None:
    client.post("/accounts/login/", {"login": alice.email, "password": PASSWORD})
    client.post("/accounts/logout/")

    with full():
        response = client.post("/accounts/login/", {"login": charlie.email, "password": PASSWORD})

    assert response.status_code == 503


def test_a_reset_still_works(client: Client, alice: User, busy_for_a_moment: Full) -> None:
    client.post("/accounts/password/reset/", {"email": alice.email})
    link = mails.link_in(mails.latest(alice.email), "/password/reset/key/")
    address = client.get(link, follow=True).redirect_chain[-1][0]

    with busy_for_a_moment():
        response = client.post(address, {"password1": NEW, "password2": NEW})

    alice.refresh_from_db()
    assert response.status_code == 302
    assert alice.check_password(NEW)


def test_a_made_up_reset_link_reaches_no_lane(client: Client, full: Full) -> None:
    with full():
        response = client.post(
            "/accounts/password/reset/key/1-set-password/", {"password1": NEW, "password2": NEW}
        )

    assert response.status_code == 200
    assert b"password1" not in response.content


def test_who_is_signed_in_still_proves_and_changes_the_password(
    alice: User, sign_in: SignIn, busy_for_a_moment: Full
) -> None:
    browser = sign_in(alice, proven_at=0)
    change = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}

    with busy_for_a_moment():
        proof = browser.post("/accounts/reauthenticate/", {"password": PASSWORD})
    with busy_for_a_moment():
        changed = browser.post("/accounts/password/change/", change)

    alice.refresh_from_db()
    assert proof.status_code == changed.status_code == 302
    assert alice.check_password(NEW)


def test_who_is_invited_still_joins(
    client: Client, acme: BusinessAccount, alice: User, busy_for_a_moment: Full, now: datetime
) -> None:
    invited: Invitation = factories.invitation(acme, "eve@acme.example", by=alice, now=now)
    form = {"name": "Eve Moss", "password1": PASSWORD, "accept": "1"}

    with busy_for_a_moment():
        response = client.post(invited.get_absolute_url(), form)

    assert response.status_code == 302
    assert User.objects.filter(email="eve@acme.example").exists()


def test_a_refused_sign_in_gives_its_place_back(client: Client, tmp_path: Path) -> None:
    with hash_gates.small(tmp_path):
        for _ in range(3):
            wrong = {"login": "nobody@acme.example", "password": "wrong password here"}
            assert client.post("/accounts/login/", wrong).status_code == 200
            client.post("/accounts/login/", b"\xff", content_type="multipart/form-data; boundary=")

        hash_gates.take("slot-0")
