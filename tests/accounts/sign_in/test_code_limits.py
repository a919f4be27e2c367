"""A stranger's tries at somebody's mailbox are bounded, and cost its owner nothing (SPEC 5)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts import limits
from accounts.directory.models import User
from accounts.limits.models import RateCounter
from accounts.outbox.models import OutboxMail
from accounts.sign_in.mailbox_proof import CODE_VALID_FOR
from tests import mails
from tests.factories import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]

DANA = "dana@initech.example"
Door = Callable[[Client, str], object]


def sign_up(browser: Client, email: str) -> object:
    form = {"name": "Somebody", "email": email, "password1": PASSWORD}
    return browser.post("/accounts/signup/", form)


def find(browser: Client, email: str) -> object:
    return browser.post("/start/find/", {"email": email})


def sign_in_code(browser: Client, email: str) -> object:
    return browser.post("/accounts/login/code/", {"email": email})


def reset(browser: Client, email: str) -> object:
    return browser.post("/accounts/password/reset/", {"email": email})


def network(n: int) -> Client:
    return Client(REMOTE_ADDR=f"203.0.{n}.7")


def codes_to(email: str) -> list[str]:
    sent = OutboxMail.objects.filter(to=email).order_by("pk")
    return [mails.code_in(mail) for mail in sent if "code" in mail.kind or "confirm" in mail.kind]


def is_in(browser: Client) -> bool:
    return "_auth_user_id" in browser.session


@pytest.mark.parametrize("door", [sign_up, find], ids=lambda door: door.__name__)
def test_strangers_from_everywhere_send_ten_codes_at_most(door: Door) -> None:
    for n in range(30):
        door(network(n), DANA)

    assert len(codes_to(DANA)) == 10


def test_one_stranger_uses_up_half_of_them() -> None:
    for n in range(20):
        sign_up(Client(REMOTE_ADDR=f"203.0.113.{n}"), DANA)

    assert len(codes_to(DANA)) == 5


@pytest.mark.parametrize("strangers", [sign_up, find], ids=lambda door: door.__name__)
@pytest.mark.parametrize("networks", [20, 1])
def test_the_owner_signs_up_whatever_strangers_did(strangers: Door, networks: int) -> None:
    for n in range(20):
        strangers(Client(REMOTE_ADDR=f"203.0.{n % networks}.{n + 1}"), DANA)
    owner = Client(REMOTE_ADDR="203.0.0.99")

    sign_up(owner, DANA)
    owner.post("/accounts/confirm-email/", {"code": codes_to(DANA)[-1]})

    assert is_in(owner)
    assert User.objects.get(email=DANA).check_password(PASSWORD)


def test_the_owner_finds_the_account_whatever_strangers_did() -> None:
    for n in range(20):
        sign_up(network(n), DANA)
    owner = network(99)

    find(owner, DANA)
    owner.post("/start/find/", {"code": codes_to(DANA)[-1]})

    assert owner.session["proven"]["email"] == DANA


def test_the_owner_signs_in_by_code_whatever_strangers_did(alice: User) -> None:
    for n in range(20):
        sign_in_code(network(n), alice.email)
    owner = network(99)

    sign_in_code(owner, alice.email)
    owner.post("/accounts/login/code/confirm/", {"code": codes_to(alice.email)[-1]})

    assert is_in(owner)


def test_the_strangers_get_nothing_from_codes_that_they_can_not_read(alice: User) -> None:
    browsers = [network(n) for n in range(20)]
    for browser in browsers:
        sign_in_code(browser, alice.email)
    for browser in browsers:
        browser.post("/accounts/login/code/confirm/", {"code": "BCDF-GHJK"})

    assert not any(is_in(browser) for browser in browsers)


def test_a_browser_that_got_its_own_code_takes_no_other(alice: User) -> None:
    stranger, owner = network(1), network(2)
    sign_in_code(stranger, alice.email)
    sign_in_code(owner, alice.email)

    stranger.post("/accounts/login/code/confirm/", {"code": codes_to(alice.email)[-1]})

    assert not is_in(stranger)


def test_a_known_browser_still_gets_mails_of_its_own(alice: User) -> None:
    known = network(99)
    known.post("/accounts/login/", {"login": alice.email, "password": PASSWORD})
    known.post("/accounts/logout/")
    for n in range(20):
        sign_in_code(network(n), alice.email)
        reset(network(n), alice.email)
    before = OutboxMail.objects.filter(to=alice.email).count()

    sign_in_code(known, alice.email)
    known.post("/accounts/logout/")
    reset(known, alice.email)

    assert OutboxMail.objects.filter(to=alice.email).count() == before + 2


def test_three_resets_in_an_hour_leave_links_that_work(alice: User) -> None:
    for n in range(20):
        reset(network(n), alice.email)
    sent = OutboxMail.objects.filter(to=alice.email, kind="password_reset_key")
    assert sent.count() == 3
    owner = network(99)
    reset(owner, alice.email)

    page = owner.get(mails.link_in(sent.latest("pk"), "/password/reset/key/"), follow=True)

    assert b"password1" in page.content


def test_strangers_who_ask_about_nobody_keep_nobody_from_signing_up() -> None:
    for n in range(20):
        sign_in_code(network(n), DANA)
        reset(network(n), DANA)
    owner = network(99)

    sign_up(owner, DANA)
    owner.post("/accounts/confirm-email/", {"code": codes_to(DANA)[-1]})

    assert is_in(owner)
    # Ten for codes and three for resets, as a known address would get.
    assert OutboxMail.objects.filter(to=DANA, kind="unknown_account").count() == 13


def test_no_limit_of_codes_outlives_a_code() -> None:
    """While no new one goes out, the mailbox holds one that works."""
    spans = [
        rate.span
        for action in ("code_mail", "code_mail_network", "code_mail_browser")
        for rate in limits.RATES[action]
    ]

    assert max(spans) < CODE_VALID_FOR


def test_a_refused_network_counts_nothing_for_the_others() -> None:
    for n in range(8):
        sign_up(Client(REMOTE_ADDR=f"203.0.113.{n}"), DANA)

    total = RateCounter.objects.filter(key__startswith="code_mail:").get()

    assert total.count == 5
    assert total.ends_at < timezone.now() + timedelta(minutes=10)


def test_changing_the_address_mails_no_more_than_signing_up_does(client: Client) -> None:
    sign_up(client, DANA)

    statuses = [
        client.post("/accounts/confirm-email/change/", {"email": f"d{n}@x.example"}).status_code
        for n in range(6)
    ]

    assert statuses == [302] * 5 + [429]


def test_the_mailed_code_form_reads_addresses_as_all_others_do(client: Client) -> None:
    User.objects.create_superuser("dana@xn--bcher-kva.example", PASSWORD, name="Dana")

    sign_in_code(client, " Dana@BÜCHER.example ")
    refused = Client().post("/accounts/login/code/", {"email": "dana@ｉnitech.example"})

    assert OutboxMail.objects.get().to == "dana@xn--bcher-kva.example"
    assert "email" in refused.context["form"].errors
