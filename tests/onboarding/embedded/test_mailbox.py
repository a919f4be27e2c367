"""/mailbox/: every mail the embedded portal sent (CONTRACT)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from onboarding import urls
from onboarding.embedded import mailbox

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


class Routes:
    """The addresses of an embedded portal."""


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.PORTAL_DATA_DIR = tmp_path
    # The test run's origin isn't on loopback, so that the mailbox is away there.
    routes: Any = Routes()
    routes.urlpatterns = [*urls.mailbox_patterns, *urls.urlpatterns]
    settings.ROOT_URLCONF = routes
    return tmp_path / "mailbox"


def mail(to: str = "mia@acme.example", subject: str = "Hello", text: str = "Hi") -> None:
    channel = get_connection("onboarding.embedded.mailbox.EmailBackend")
    message = EmailMultiAlternatives(subject, text, to=[to], connection=channel)
    message.attach_alternative(f"<h1>{subject}</h1>", "text/html")
    message.send()


def read(address: str = "/mailbox/") -> str:
    page = Client().get(address)
    assert page.status_code == 200
    return page.content.decode()


def test_an_empty_mailbox_says_so() -> None:
    assert "No email yet" in read()


def test_the_newest_mail_comes_first() -> None:
    mail(subject="First of all")
    mail(subject="Second of all")

    page = read()

    assert page.index("Second of all") < page.index("First of all")


def test_one_address_only_however_it_is_typed() -> None:
    mail(to="mia@acme.example", subject="For Mia")
    mail(to="bob@acme.example", subject="For Bob")

    page = read("/mailbox/?to=%20Mia@ACME.example")

    assert "For Mia" in page
    assert "For Bob" not in page


def test_older_mails_are_on_the_next_page() -> None:
    for number in range(mailbox.PER_PAGE + 1):
        mail(subject=f"Number {number}.")

    first = mailbox.newest()

    assert "Number 0." not in read()
    assert "Number 0." in read(f"/mailbox/?before={first.before}")


def test_a_mail_shows_its_text_with_links_and_its_design_in_a_sandbox() -> None:
    mail(text="See <b>http://testserver/b/</b>")
    (letter,) = mailbox.newest().mails

    page = read(reverse("mailbox_mail", args=[letter.id]))
    designed = Client().get(reverse("mailbox_html", args=[letter.id]))

    assert 'href="http://testserver/b/"' in page
    assert "&lt;b&gt;" in page
    assert "<h1>Hello</h1>" in designed.content.decode()
    assert "sandbox" in designed.headers["Content-Security-Policy"]
    assert "script-src 'none'" in designed.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "mail_id", ["..", "..%2Fportal.sqlite3", "%2e%2e%2fsecret", "x", "20261124T000000000000Z-0-0"]
)
def test_no_other_file_can_be_read(mail_id: str, folder: Path) -> None:
    (folder.parent / "secret.eml").write_text("Subject: secret\n\nsecret")

    assert Client().get(f"/mailbox/{mail_id}/").status_code == 404
    assert mailbox.read("../secret") is None


def test_mails_are_for_their_owner_only(folder: Path) -> None:
    mail()

    (file,) = folder.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("name", "value", "there"),
    [
        ("PORTAL_LISTEN", "127.0.0.1", True),
        ("PORTAL_LISTEN", "0.0.0.0", False),
        ("EMAIL_URL", "smtp://127.0.0.1:2525", False),
    ],
)
def test_the_addresses_exist_only_where_no_mail_can_leave(
    name: str, value: str, there: bool, settings: Settings, tmp_path: Path
) -> None:
    ask = "import django; django.setup(); from django.urls import reverse; reverse('mailbox')"
    environment = {
        "DJANGO_SETTINGS_MODULE": "onboarding.settings",
        "PORTAL_DATA_DIR": str(tmp_path),
        "PORTAL_ORIGIN": "http://localhost:8000",
        **dict.fromkeys(["DATABASE_URL", "REDIS_URL", "EMAIL_URL"], ""),
        name: value,
    }

    done = subprocess.run(
        [sys.executable, "-c", ask], env=environment, cwd=settings.BASE_DIR, capture_output=True
    )

    assert (done.returncode == 0) is there
    assert there or b"NoReverseMatch" in done.stderr
