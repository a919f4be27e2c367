"""Requests that no browser makes: odd keys, odd bodies, odd hosts. Clear refusals, never a 500."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pytest
from django.core import mail
from django.db import transaction
from django.test import Client

from accounts.directory.models import BusinessAccount, User
from accounts.outbox import delivery
from accounts.outbox.models import OutboxMail
from tests import factories
from tests.limits.forms import doors
from tests.limits.sample_portal import SamplePortal, rows
from tests.personas import SignIn

ODD_UUID: Final = "00000000-0000-0000-0000-000000000000"
ODD_KEYS: Final = (
    "",
    "-1",
    "0",
    "9" * 400,
    "1e309",
    "NaN",
    "null",
    ODD_UUID,
    "../../etc/passwd",
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "\u202e\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    "%ff%fe",
    "x" * 5000,
)
BOUNDARY: Final = "multipart/form-data; boundary=edge"
ODD_BODIES: Final = {
    "json": ("application/json", b'{"email": "dana@initech.example", "name": "Dana"}'),
    "broken json": ("application/json", b"{"),
    "xml": ("application/xml", b"<a>&b;</a>"),
    "nothing at all": ("", b"email=dana@initech.example"),
    "no boundary": ("multipart/form-data", b"--edge\r\n"),
    "long boundary": (f"multipart/form-data; boundary={'e' * 5000}", b"--e\r\n"),
    "cut short": (BOUNDARY, b'--edge\r\nContent-Disposition: form-data; name="email"\r\n\r\nda'),
    "bad base64": (
        BOUNDARY,
        b'--edge\r\nContent-Disposition: form-data; name="email"\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\n!!!\r\n--edge--\r\n",
    ),
    "a file for a field": (
        BOUNDARY,
        b'--edge\r\nContent-Disposition: form-data; name="email"; filename="e"\r\n\r\n'
        b"x\r\n--edge--\r\n",
    ),
    "many files": (
        BOUNDARY,
        b'--edge\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\nx\r\n' * 50
        + b"--edge--\r\n",
    ),
    "many fields": ("application/x-www-form-urlencoded", b"a=1&" * 5000),
    "not UTF-8": ("application/x-www-form-urlencoded", b"email=%ff%fe&login=%c3%28"),
    "unknown charset": ("application/x-www-form-urlencoded; charset=nonsense", b"email=a"),
    "utf-7": ("application/x-www-form-urlencoded; charset=utf-7", b"email=%2BADw-"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("key", ODD_KEYS, ids=range(len(ODD_KEYS)))
def test_odd_keys_are_no_key(portal: SamplePortal, key: str) -> None:
    before = rows()
    for who, path, names in _pages_with_keys(portal):
        for name in names:
            asked = {"account": portal.acme.slug, **_ASKED.get(name, {}), name: key}
            answer = portal.browser(who).get(path, asked)
            body = b"".join(answer) if answer.streaming else answer.content

            assert answer.status_code in (200, 302, 400, 404, 429), (path, name)
            assert b"<script>alert(1)" not in body, (path, name)
    assert rows() == before


# What else has to be asked before a key is looked at.
_ASKED: Final[dict[str, dict[str, str]]] = {
    "seats": {"cut": ODD_UUID},
    "cut": {"seats": "3"},
    "source": {"chosen": "1"},
    "replace": {"chosen": "1", "key": ODD_UUID},
}


def _pages_with_keys(portal: SamplePortal) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Who opens which page with which keys in the query."""
    b = f"/b/{portal.acme.slug}"
    asked = portal.stock.asked.get_absolute_url()
    yield "alice", f"{b}/members/", ("after", "invited_after", "q")
    yield "alice", f"{b}/members/invite/", ("role",)
    yield "alice", f"{b}/activity/", ("after", "event")
    for page in ("", "export/"):
        yield "alice", f"{b}/licenses/{page}", ("after", "q", "product", "kind", "status")
        yield "alice", f"{b}/instances/{page}", ("after", "q", "key", "state", "version")
    yield "alice", f"{b}/licenses/{portal.stock.owned.license.public_id}/", ("keys_after",)
    yield "alice", f"{b}/instances/{portal.stock.instance.public_id}/", ("before",)
    yield "alice", f"{b}/instances/{portal.stock.instance.public_id}/move/", ("q",)
    yield "alice", f"{b}/enrollment/", ("after",)
    yield "alice", f"{b}/enrollment/new/", ("license",)
    yield "alice", "/activate/", ("code",)
    yield "alice", asked, ("account", "chosen", "split", "warned")
    yield "alice", f"{asked}license/", ("source", "q", "after")
    yield "alice", f"{asked}cut/", ("cut", "seats")
    yield "alice", f"{asked}replace/", ("key", "replace")
    yield "alice", f"{asked}confirm/", ("key", "cut", "seats", "trial", "replace", "split")
    yield "sam", "/admin/desk/", ("q",)
    yield "alice", "/start/", ("task", "from_version")
    yield "alice", "/start/find/", ("email",)
    yield "alice", "/accounts/login/", ("email",)
    yield "alice", "/accounts/signup/", ("email",)
    yield "alice", "/support/", ("reference",)
    yield "alice", "/accounts/2fa/", ("required",)


@pytest.mark.django_db
@pytest.mark.parametrize("body", ODD_BODIES)
def test_odd_bodies_are_refused_in_words(portal: SamplePortal, body: str) -> None:
    content_type, content = ODD_BODIES[body]
    before = rows()
    for door in doors(portal):
        if door.bare:
            continue
        with transaction.atomic():
            answer = portal.browser(door.who).generic("POST", door.path, content, content_type)

        # Some forms lead back with a message instead of showing it at once.
        assert answer.status_code in (200, 302, 400, 404), door.name
        assert rows() == before, door.name


@pytest.mark.django_db
@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"host": "testserver.evil.example"},
        {"host": "testserver:99999"},
        {"host": "test\x7fserver"},
        {"host": ""},
        {"host": "testserver", "x-forwarded-host": "evil.example"},
        {"host": "testserver", "forwarded": "host=evil.example"},
        {"host": "testserver", "x-original-url": "/admin/", "x-rewrite-url": "/admin/"},
    ],
    ids=str,
)
def test_a_spoofed_host_gets_into_no_page_and_no_mail(headers: dict[str, str]) -> None:
    factories.person("mia@acme.example")

    answer = Client().post(
        "/accounts/password/reset/", {"email": "mia@acme.example"}, headers=headers
    )

    assert answer.status_code in (302, 400)
    assert b"evil.example" not in answer.content
    assert "evil.example" not in answer.get("Location", "")
    for sent in OutboxMail.objects.all():
        assert "evil.example" not in sent.text + sent.html
        assert "http://testserver/" in sent.text


@pytest.mark.django_db
@pytest.mark.parametrize("break_", ["\r\n", "\n", "\r", "%0d%0a", "\u2028", "\x0b", "\x85"])
def test_no_text_becomes_a_header_of_a_mail(
    portal: SamplePortal, break_: str, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    attack = f"Dana{break_}Bcc: victim@globex.example"
    for door in doors(portal):
        for name, fields in door.spoiled(attack):
            if name == "emails":
                continue  # several addresses, line by line, are what this one is for
            answer = portal.submit(door, fields)
            assert answer.status_code in (200, 302, 404, 409), door.name
            assert "victim" not in answer.get("Set-Cookie", "")
    delivery.deliver_due()

    for message in mail.outbox:
        assert "victim@globex.example" not in message.recipients()
        assert message.message()["Bcc"] is None
        assert not any(name.lower() == "bcc" for name in message.message().keys())  # noqa: SIM118


@pytest.mark.django_db
def test_ten_thousand_addresses_invite_nobody(
    acme: BusinessAccount, alice: User, sign_in: SignIn
) -> None:
    many = "\n".join(f"n{number}@acme.example" for number in range(10_000))
    before = rows()

    answer = sign_in(alice).post(
        f"/b/{acme.slug}/members/invite/", {"emails": many, "role": "member"}
    )

    assert answer.status_code == 200
    assert "at most 100 addresses" in answer.content.decode()
    assert rows() == before
