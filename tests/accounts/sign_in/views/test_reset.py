from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

from accounts.directory.models import User
from accounts.outbox.models import OutboxMail
from tests import mails
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db

NEW = "a brand new pass phrase"


def ask(client: Client, email: str, query: str = ""):  # type: ignore[no-untyped-def]
    return client.post(f"/accounts/password/reset/{query}", {"email": email})


def open_link(client: Client, email: str):  # type: ignore[no-untyped-def]
    return client.get(mails.link_in(mails.latest(email), "/password/reset/key/"), follow=True)


def choose(client: Client, page, password: str = NEW):  # type: ignore[no-untyped-def]
    address = page.redirect_chain[-1][0]
    return client.post(address, {"password1": password, "password2": password})


def test_alice_resets_her_password_and_goes_on(client: Client, alice: User) -> None:
    ask(client, "Alice@Acme.example", "?next=/b/new/")
    response = choose(client, open_link(client, alice.email))
    assert response["Location"] == "/b/new/"
    alice.refresh_from_db()
    assert alice.check_password(NEW)
    assert mails.latest(alice.email).kind == "password_reset"


@pytest.mark.parametrize("known", [True, False])
def test_the_next_page_repeats_the_address_as_it_was_typed(
    client: Client, alice: User, known: bool
) -> None:
    typed = "Alice@Acme.example" if known else "Nobody@Acme.example"

    sent = client.get(ask(client, typed, "?next=/b/new/")["Location"]).content.decode()

    assert f"<b>{typed}</b>" in sent
    assert f"next=%2Fb%2Fnew%2F&amp;email={typed.replace('@', '%40')}" in sent


def test_no_link_can_make_the_next_page_name_an_address(client: Client) -> None:
    client.cookies[settings.RESET_COOKIE_NAME] = '"mallory@globex.example"'

    page = client.get("/accounts/password/reset/done/?email=mallory@globex.example").content

    assert b"mallory" not in page


def test_other_sessions_end(client: Client, alice: User) -> None:
    elsewhere = Client()
    elsewhere.force_login(alice)
    ask(client, alice.email)
    choose(client, open_link(client, alice.email))
    assert elsewhere.get("/")["Location"] == "/accounts/login/"


def test_a_scanner_that_opens_the_link_burns_nothing(client: Client, alice: User) -> None:
    ask(client, alice.email)
    for _ in range(5):
        open_link(Client(), alice.email)
    choose(client, open_link(client, alice.email))
    alice.refresh_from_db()
    assert alice.check_password(NEW)


def test_a_link_works_once(client: Client, alice: User) -> None:
    ask(client, alice.email)
    link = mails.link_in(mails.latest(alice.email), "/password/reset/key/")
    choose(client, client.get(link, follow=True))
    again = Client().get(link, follow=True)
    assert b"password1" not in again.content
    assert b"/accounts/password/reset/" in again.content


def test_the_answer_is_the_same_for_a_stranger(client: Client, alice: User) -> None:
    known, unknown = ask(client, alice.email), ask(Client(), "nobody@acme.example")
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert mails.latest("nobody@acme.example").kind == "unknown_account"
    assert "/password/reset/key/" not in mails.latest("nobody@acme.example").text


def test_the_fourth_mail_in_an_hour_is_silently_not_sent(alice: User) -> None:
    for _ in range(4):
        response = ask(Client(), alice.email)
        assert response.status_code == 302
    assert OutboxMail.objects.filter(to=alice.email).count() == 3


def test_the_sixth_request_of_an_origin_has_to_wait(alice: User) -> None:
    statuses = [ask(Client(), f"n{n}@acme.example").status_code for n in range(6)]
    assert statuses == [302] * 5 + [429]


def test_signed_in_people_are_told_so_and_may_sign_out(client: Client, alice: User) -> None:
    client.force_login(alice)
    page = client.get("/accounts/password/reset/").content.decode()
    assert alice.email in page
    assert 'action="/accounts/logout/"' in page
    out = client.post("/accounts/logout/", {"next": "/accounts/password/reset/"})
    assert out["Location"] == "/accounts/password/reset/"


def test_a_link_opened_while_signed_in_changes_nothing_yet(
    client: Client, alice: User, mia: User
) -> None:
    ask(Client(), mia.email)
    client.force_login(alice)
    link = mails.link_in(mails.latest(mia.email), "/password/reset/key/")
    page = client.get(link)
    assert alice.email in page.content.decode()
    assert client.session["_auth_user_id"] == str(alice.pk)
    assert page["Referrer-Policy"] == "strict-origin"
    client.post("/accounts/logout/", {"next": link})
    choose(client, client.get(link, follow=True))
    mia.refresh_from_db()
    assert mia.check_password(NEW)


def test_a_weak_new_password_is_an_error_at_the_field(client: Client, alice: User) -> None:
    ask(client, alice.email)
    response = choose(client, open_link(client, alice.email), "short")
    assert response.status_code == 200
    assert "password1" in response.context["form"].errors
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


def test_the_new_password_is_typed_once(client: Client, alice: User) -> None:
    ask(client, alice.email)
    page = open_link(client, alice.email)

    response = client.post(page.redirect_chain[-1][0], {"password1": NEW})

    assert b'name="password2"' not in page.content
    assert response.status_code == 302
    alice.refresh_from_db()
    assert alice.check_password(NEW)


def test_two_different_passwords_are_an_error_in_the_pages_words(
    client: Client, alice: User
) -> None:
    ask(client, alice.email)
    address = open_link(client, alice.email).redirect_chain[-1][0]

    response = client.post(address, {"password1": NEW, "password2": f"{NEW}x"})

    assert "New password, once more: You must type the same password" in response.content.decode()


def test_the_reset_is_a_way_in_for_who_is_locked_out(alice: User) -> None:
    client = Client(REMOTE_ADDR="203.0.113.7")
    for _ in range(5):
        client.post("/accounts/login/", {"login": alice.email, "password": "wrong"})
    ask(client, alice.email)
    choose(client, open_link(client, alice.email))
    client.post("/accounts/logout/")
    fresh = Client(REMOTE_ADDR="203.0.113.7")
    fresh.post("/accounts/login/", {"login": alice.email, "password": NEW})
    assert "_auth_user_id" in fresh.session


def test_links_come_from_the_setting_not_from_the_request(client: Client, alice: User) -> None:
    client.post(
        "/accounts/password/reset/",
        {"email": alice.email},
        headers={"x-forwarded-host": "evil.example"},
    )
    assert "evil.example" not in mails.latest(alice.email).text
