from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client

from accounts.directory.models import BusinessAccount, User
from tests import factories
from tests.personas import SignIn

pytestmark = pytest.mark.django_db


def test_dora_without_an_account_is_led_to_naming_one(dora: User, sign_in: SignIn) -> None:
    assert sign_in(dora).get("/b/")["Location"] == "/b/new/"
    onward = sign_in(dora).get("/b/", {"next": "/activate/?code=WDJB-MJHT"})
    assert onward["Location"] == "/b/new/?next=%2Factivate%2F%3Fcode%3DWDJB-MJHT"


def test_staff_without_an_account_goes_on_to_the_desk(sam: User, sign_in: SignIn) -> None:
    onward = sign_in(sam).get("/b/", {"next": "/admin/desk/purchases/"})

    assert onward["Location"] == "/admin/desk/purchases/"


def test_dora_joins_what_waits_for_her_instead_of_creating(
    acme: BusinessAccount, alice: User, dora: User, now: datetime, sign_in: SignIn
) -> None:
    """A second account because the invitation was not seen (pain 20)."""
    invitation = factories.invitation(acme, dora.email, by=alice, now=now)
    browser = sign_in(dora)

    for address in ("/b/", "/b/new/"):
        page = browser.get(address).content.decode()
        assert "Join Acme Corp" in page
        assert invitation.get_absolute_url() in page


@pytest.mark.parametrize("why", ["unproven", "expired", "suspended", "somebody else's"])
def test_an_invitation_that_dora_cannot_accept_is_not_offered(
    why: str, acme: BusinessAccount, alice: User, mia: User, now: datetime, sign_in: SignIn
) -> None:
    dora = factories.person("dora@winter.example", "Dora Winter", verified=why != "unproven")
    factories.invitation(
        acme,
        "else@winter.example" if why == "somebody else's" else dora.email,
        by=mia if why == "suspended" else alice,
        now=now,
        expires_at=now if why == "expired" else now + timedelta(days=14),
    )

    assert sign_in(dora).get("/b/")["Location"] == "/b/new/"


def test_naming_an_account_leads_into_it(dora: User, sign_in: SignIn) -> None:
    response = sign_in(dora).post("/b/new/", {"name": "  Winter Works  "})

    account = BusinessAccount.objects.get()
    assert account.name == "Winter Works"
    assert response["Location"] == f"/b/{account.slug}/"


@pytest.mark.parametrize(
    ("wanted", "leads_there"),
    [
        ("/activate/?code=WDJB-MJHT", True),
        ("https://evil.example/", False),
        ("//evil.example/", False),
        ("/\\evil.example/", False),
        ("javascript:alert(1)", False),
    ],
)
def test_naming_leads_on_but_never_elsewhere(
    wanted: str, leads_there: bool, dora: User, sign_in: SignIn
) -> None:
    response = sign_in(dora).post("/b/new/", {"name": "Winter Works", "next": wanted})

    assert (response["Location"] == wanted) is leads_there
    assert BusinessAccount.objects.count() == 1


def test_a_double_click_makes_one_account(dora: User, sign_in: SignIn) -> None:
    browser = sign_in(dora)

    first = browser.post("/b/new/", {"name": "Winter Works"})
    second = browser.post("/b/new/", {"name": "Winter Works"})

    assert first["Location"] == second["Location"]
    assert BusinessAccount.objects.count() == 1


BAD_NAMES = {
    "blank": "   ",
    "101 characters": "x" * 101,
    "a new line": "Acme\r\nBcc: eve@evil.example",
    "NUL": "Acme\x00",
    "bidi": "Acme\u202egnp.exe",
    "zero width": "Ac\u200bme",
}


@pytest.mark.parametrize("name", BAD_NAMES.values(), ids=BAD_NAMES)
def test_a_bad_name_is_refused_at_the_field_and_kept(
    name: str, dora: User, sign_in: SignIn
) -> None:
    response = sign_in(dora).post("/b/new/", {"name": name, "next": "/support/"})

    assert response.status_code == 200
    assert response.context["form"].errors["name"]
    assert 'value="/support/"' in response.content.decode()
    assert not BusinessAccount.objects.exists()


def test_the_list_links_accounts_and_says_where_one_is_blocked(
    acme: BusinessAccount, globex: BusinessAccount, mia: User, sign_in: SignIn
) -> None:
    factories.member(globex, mia, blocked=True)

    page = sign_in(mia).get("/b/").content.decode()

    assert f'href="/b/{acme.slug}/"' in page
    assert f'href="/b/{globex.slug}/"' not in page
    assert "Blocked" in page


def test_a_stranger_is_asked_to_sign_in(acme: BusinessAccount) -> None:
    for address in ("/b/", "/b/new/", f"/b/{acme.slug}/", f"/b/{acme.slug}/members/"):
        assert Client().get(address)["Location"].startswith("/accounts/login/?next=")
