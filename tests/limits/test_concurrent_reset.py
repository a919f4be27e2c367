"""One reset link, used by several at the same moment: one wins, and the others are told so."""

from __future__ import annotations

from functools import partial

import pytest
from django.test import Client

from accounts.directory.models import User
from accounts.outbox.models import OutboxMail
from tests import mails
from tests.accounts.membership.actions.race import run_concurrently

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.embedded]
PEOPLE = 8


def opened(links: list[str]) -> list[tuple[Client, str]]:
    """Browsers that stand before the form, each with the address that it posts to."""
    browsers = []
    for n, link in enumerate(links):
        browser = Client(REMOTE_ADDR=f"198.51.100.{n + 1}")
        browsers.append((browser, browser.get(link, follow=True).redirect_chain[-1][0]))
    return browsers


def choose(browser: Client, address: str, password: str) -> tuple[int, str]:
    answer = browser.post(address, {"password1": password, "password2": password})
    return answer.status_code, answer.content.decode()


def links_to(user: User, count: int) -> list[str]:
    for _ in range(count):
        Client().post("/accounts/password/reset/", {"email": user.email})
    found = OutboxMail.objects.filter(to=user.email, kind="password_reset_key")
    return [mails.link_in(mail, "/password/reset/key/") for mail in found]


@pytest.mark.parametrize("links", [1, 2])
def test_one_wins_and_the_others_read_that_the_link_was_used(links: int, alice: User) -> None:
    different = links_to(alice, links)
    browsers = opened([different[n % links] for n in range(PEOPLE)])
    passwords = [f"pass phrase number {n} of eight" for n in range(PEOPLE)]

    outcomes = run_concurrently(
        *(
            partial(choose, browser, address, password)
            for (browser, address), password in zip(browsers, passwords, strict=True)
        )
    )

    statuses = [outcome[0] if isinstance(outcome, tuple) else outcome for outcome in outcomes]
    # Some may read that too many come at once, and to try again.
    assert set(statuses) <= {200, 302, 503}
    assert statuses.count(302) == 1
    assert statuses.count(200) >= 1
    winner = statuses.index(302)
    alice.refresh_from_db()
    assert alice.check_password(passwords[winner])
    losers = [outcome[1] for outcome in outcomes if outcome[0] == 200]  # type: ignore[index]
    assert all("This link was already used" in page for page in losers)
    signed_in = ["_auth_user_id" in browser.session for browser, _ in browsers]
    assert signed_in == [n == winner for n in range(PEOPLE)]
    assert OutboxMail.objects.filter(kind="password_reset").count() == 1


def test_whoever_opens_a_used_link_later_reads_so_too(alice: User) -> None:
    (link,) = links_to(alice, 1)
    ((browser, address),) = opened([link])
    choose(browser, address, "a brand new pass phrase")

    page = Client().get(link, follow=True).content.decode()

    assert "This link was already used" in page
    assert "/accounts/password/reset/" in page


def test_a_link_that_never_worked_is_not_called_used(alice: User) -> None:
    page = Client().get("/accounts/password/reset/key/1-abc-def/").content.decode()

    assert "This link has expired" in page
