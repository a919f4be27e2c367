from __future__ import annotations

import time

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from accounts.directory.models import User
from accounts.outbox.models import OutboxMail
from tests import mails
from tests.factories import PASSWORD, person

pytestmark = pytest.mark.django_db

DANA = {"name": "Dana Reyes", "email": "Dana@Initech.example", "password1": PASSWORD}


def sign_up(client: Client, **changes: str):  # type: ignore[no-untyped-def]
    return client.post("/accounts/signup/", DANA | changes)


def confirm(client: Client, email: str = "dana@initech.example", **more: str):  # type: ignore[no-untyped-def]
    code = mails.code_in(mails.latest(email))
    return client.post("/accounts/confirm-email/", {"code": code, **more})


def let_a_minute_pass(client: Client) -> None:
    session = client.session
    session["sign_up_code"] = {**session["sign_up_code"], "sent_at": time.time() - 61}
    session.save()


def test_dana_signs_up_with_the_code_from_the_mail(client: Client) -> None:
    assert sign_up(client)["Location"].startswith("/accounts/confirm-email/")
    response = confirm(client)
    assert response.status_code == 302
    dana = User.objects.get()
    assert (dana.email, dana.email_display) == ("dana@initech.example", "Dana@Initech.example")
    assert dana.name == "Dana Reyes"
    assert EmailAddress.objects.get(user=dana).verified
    assert client.session["_auth_user_id"] == str(dana.pk)


def test_choosing_the_password_counts_as_a_proof(client: Client) -> None:
    sign_up(client)
    confirm(client)

    page = client.get("/accounts/2fa/recovery-codes/generate/")

    assert not page.get("Location", "").startswith("/accounts/reauthenticate/")


def test_the_code_may_be_typed_in_any_case_and_spacing(client: Client) -> None:
    sign_up(client)
    code = mails.code_in(mails.latest("dana@initech.example"))
    sloppy = f" {code.lower().replace('-', ' ')} "
    client.post("/accounts/confirm-email/", {"code": sloppy})
    assert "_auth_user_id" in client.session


def test_the_interrupted_journey_goes_on_after_the_code(client: Client) -> None:
    client.post("/accounts/signup/?next=/activate/%3Fcode=ABCD-EFGH", DANA)
    assert confirm(client)["Location"] == "/b/?next=%2Factivate%2F%3Fcode%3DABCD-EFGH"


def test_a_foreign_next_is_forgotten(client: Client) -> None:
    client.post("/accounts/signup/?next=https://evil.example/", DANA)
    assert confirm(client)["Location"] == "/b/"


def test_an_address_with_an_account_is_told_so_with_two_ways_on(client: Client) -> None:
    person("dana@initech.example")
    response = client.post("/accounts/signup/?next=/b/new/", DANA)
    assert response.status_code == 200
    assert response.context["form"].errors["email"] == ["Account already exists"]
    page = response.content.decode()
    assert "Account already exists" in page
    assert "dana%40initech.example" in page
    assert "/accounts/login/?" in page
    assert "/accounts/password/reset/?" in page
    assert page.count("next=%2Fb%2Fnew%2F") >= 2
    assert User.objects.count() == 1


def test_an_unproven_address_does_not_block_its_owner(client: Client) -> None:
    mallory = Client()
    sign_up(mallory, name="Mallory", password1="mallory knows this one")
    assert sign_up(client)["Location"].startswith("/accounts/confirm-email/")
    confirm(client)
    dana = User.objects.get()
    assert dana.name == "Dana Reyes"
    assert dana.check_password(PASSWORD)
    # Whoever typed it first gets nothing, not even with the right code.
    mallory.post("/accounts/confirm-email/", {"code": "BCDF-GHJK"})
    assert "_auth_user_id" not in mallory.session


def test_the_code_page_says_once_where_the_code_went(client: Client) -> None:
    sign_up(client)

    page = client.get("/accounts/confirm-email/").content.decode()

    assert page.count("Dana@Initech.example") == 1
    assert "Create or sign in?" not in page


def test_a_second_code_is_news(client: Client) -> None:
    sign_up(client)

    let_a_minute_pass(client)
    response = client.post("/accounts/confirm-email/resend/", follow=True)

    assert "We sent a new code to Dana@Initech.example." in response.content.decode()
    assert OutboxMail.objects.count() == 2


def test_a_second_code_has_to_wait_a_minute(client: Client) -> None:
    sign_up(client)

    response = client.post("/accounts/confirm-email/resend/", follow=True)

    assert "You can send another in" in response.content.decode()
    assert OutboxMail.objects.count() == 1


def test_a_code_of_another_browser_is_worth_nothing(client: Client) -> None:
    sign_up(client)
    thief = Client()
    confirm(thief)
    assert "_auth_user_id" not in thief.session


def test_after_five_wrong_codes_a_new_start_is_needed(client: Client) -> None:
    sign_up(client)
    for _ in range(5):
        client.post("/accounts/confirm-email/", {"code": "BBBB-BBBB"})
    confirm(client)
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "D" * 101}, "name"),
        ({"name": "Da\u202ena"}, "name"),
        ({"name": "Dana\x00"}, "name"),
        ({"email": "dana@localhost"}, "email"),
        ({"email": "dana@initech.example\r\nBcc: eve@evil.example"}, "email"),
        ({"email": "dana@ｉnitech.example"}, "email"),
        ({"password1": "short"}, "password1"),
        ({"password1": "dana@initech.example"}, "password1"),
        ({"password1": "x" * 2000}, "password1"),
    ],
)
def test_bad_input_is_an_error_at_the_field(
    client: Client, changes: dict[str, str], field: str
) -> None:
    response = sign_up(client, **changes)
    assert response.status_code == 200
    assert field in response.context["form"].errors
    assert not User.objects.exists()
    assert not OutboxMail.objects.exists()


def test_the_link_fills_the_address_in(client: Client) -> None:
    page = client.get("/accounts/signup/?email=dana@initech.example").content.decode()
    assert 'value="dana@initech.example"' in page


def test_the_sixth_sign_up_in_a_minute_has_to_wait(client: Client) -> None:
    for n in range(5):
        assert sign_up(Client(), email=f"d{n}@initech.example").status_code == 302
    response = sign_up(client)
    assert response.status_code == 429
    assert response["Retry-After"]


def test_a_stale_proof_of_another_address_is_not_used(client: Client) -> None:
    session = client.session
    session["proven"] = {
        "email": "other@initech.example",
        "display": "other@initech.example",
        "until": time.time() + 60,
    }
    session.save()
    sign_up(client)
    assert not EmailAddress.objects.filter(email="other@initech.example").exists()
    confirm(client)
    assert EmailAddress.objects.get().email == "dana@initech.example"


def test_starting_over_ends_a_sign_up_that_waits_for_its_code(client: Client) -> None:
    sign_up(client)
    assert client.get("/accounts/login/").status_code == 302
    client.post("/accounts/logout/", {"next": "/accounts/login/"})
    assert client.get("/accounts/login/").status_code == 200
