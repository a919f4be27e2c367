"""Requests that no browser makes: odd keys, odd bodies, odd hosts. Clear refusals, never a 500."""

from __future__ import annotations

from typing import Any, Final

import pytest
from django.core import mail
from django.db import transaction
from django.test import Client

from accounts import outbox
from accounts.models import BusinessAccount, OutboxMail, User
from tests import factories
from tests.limits.house import House, rows
from tests.personas import SignIn

ODD_KEYS: Final = (
    "",
    "-1",
    "0",
    "9" * 400,
    "1e309",
    "NaN",
    "null",
    "00000000-0000-0000-0000-000000000000",
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
def test_odd_keys_are_no_key(house: House, key: str) -> None:
    alice, before = house.browser("alice"), rows()
    for path, name in (
        (f"/b/{house.acme.slug}/members/", "after"),
        (f"/b/{house.acme.slug}/members/", "invited_after"),
        (f"/b/{house.acme.slug}/members/", "q"),
        (f"/b/{house.acme.slug}/members/invite/", "role"),
        (f"/b/{house.acme.slug}/activity/", "after"),
        (f"/b/{house.acme.slug}/activity/", "event"),
        ("/start/", "task"),
        ("/start/", "from_version"),
        ("/start/find/", "email"),
        ("/accounts/login/", "email"),
        ("/accounts/signup/", "email"),
        ("/support/", "reference"),
        ("/accounts/2fa/", "required"),
    ):
        answer = alice.get(path, {name: key})

        assert answer.status_code in (200, 302, 400, 404), (path, name)
        assert b"<script>alert(1)" not in answer.content, (path, name)
    assert rows() == before


@pytest.mark.django_db
@pytest.mark.parametrize("body", ODD_BODIES)
def test_odd_bodies_are_refused_in_words(house: House, body: str) -> None:
    content_type, content = ODD_BODIES[body]
    for door in house.doors():
        before = rows()
        with transaction.atomic():
            answer = house.browser(door.who).generic("POST", door.path, content, content_type)

        # Some forms lead back with a message instead of showing it at once.
        assert answer.status_code in (200, 302, 400), door.name
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
def test_no_text_becomes_a_header_of_a_mail(house: House, break_: str, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    attack = f"Dana{break_}Bcc: victim@globex.example"
    for door in house.doors():
        for name, fields in door.spoiled(attack):
            if name == "emails":
                continue  # several addresses, line by line, are what this one is for
            answer = house.knock(door, fields)
            assert answer.status_code in (200, 302), door.name
            assert "victim" not in answer.get("Set-Cookie", "")
    outbox.deliver_due()

    for message in mail.outbox:
        assert "victim@globex.example" not in message.recipients()
        assert message.message()["Bcc"] is None
        assert not any(name.lower() == "bcc" for name in message.message().keys())  # noqa: SIM118


@pytest.mark.django_db
def test_sending_a_form_twice_does_it_once(house: House) -> None:
    """Two clicks, or Back and again: the second finds it done and says so."""
    for name in ("company", "invite", "role", "approve", "join", "settings"):
        door = next(each for each in house.doors() if each.name == name)
        first = house.knock(door, door.good)
        after = {label: len(found) for label, found in rows().items()}

        second = house.knock(door, door.good)

        assert first.status_code == 302, name
        assert second.status_code in (200, 302, 404, 409), name
        now = {label: len(found) for label, found in rows().items()}
        assert _more(now, after) <= _MAY_REPEAT[name], (name, _more(now, after))


# What a second send may add: a mail and a line of history for what is said again on purpose.
_AGAIN: Final = {"accounts.OutboxMail", "accounts.AuditEvent"}
_MAY_REPEAT: Final[dict[str, set[str]]] = {
    "company": {"accounts.BusinessAccount", "accounts.Membership", *_AGAIN},
    "invite": _AGAIN,
    "role": set(),
    "approve": set(),
    "join": set(),
    "settings": set(),
}


def _more(now: dict[str, int], before: dict[str, int]) -> set[str]:
    return {label for label in now if now[label] > before.get(label, 0)}


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
