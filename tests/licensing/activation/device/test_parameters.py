"""How a body is read: one way, whoever sends it (RFC 6749 §3.2)."""

from __future__ import annotations

import random
from urllib.parse import urlencode

import pytest
from django.test import Client

from tests.licensing.activation.device.console import (
    ASK,
    FORM,
    POLL,
    asking,
    is_refused,
    polling,
    send,
)
from tests.personas import Response

pytestmark = pytest.mark.django_db
BOTH = pytest.mark.parametrize("path", [ASK, POLL])


def posted(path: str, body: bytes, content_type: str) -> Response:
    return Client(enforce_csrf_checks=True).post(path, body, content_type=content_type)


@BOTH
@pytest.mark.parametrize(
    "content_type", ["application/json", "text/plain", "", "multipart/form-data; boundary=x", "x"]
)
def test_only_forms_are_read(path: str, content_type: str) -> None:
    assert is_refused(posted(path, b"client_id=ras-console", content_type), "invalid_request")


def test_a_charset_beside_the_type_is_fine() -> None:
    body = urlencode(asking()).encode()

    assert posted(ASK, body, f"{FORM}; charset=UTF-8").status_code == 200


@BOTH
@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_only_post_is_answered(path: str, method: str) -> None:
    answer = getattr(Client(), method)(path)

    assert answer.status_code == 405
    assert answer["Allow"] == "POST"
    assert answer["Content-Type"] == "application/json"
    assert method == "head" or is_refused(answer, "invalid_request", 405)


def test_a_body_in_chunks_is_asked_for_its_length() -> None:
    answer = send(POLL, polling("x"), **{"Transfer-Encoding": "chunked"})

    assert is_refused(answer, "invalid_request", 411)


def test_a_parameter_that_stands_twice_is_refused() -> None:
    ask, poll = urlencode(asking()), urlencode(polling("x"))

    assert is_refused(send(ASK, f"{ask}&client_id=ras-console".encode()), "invalid_request")
    assert is_refused(send(ASK, f"{ask}&scope=".encode()), "invalid_request")
    assert is_refused(send(POLL, f"{poll}&device_code=y".encode()), "invalid_request")
    assert is_refused(send(POLL, f"{poll}&other=1&other=1".encode()), "invalid_request")


def test_an_unknown_parameter_is_ignored() -> None:
    assert send(ASK, asking(locale="de", client_secret="guess")).status_code == 200


def test_what_stands_in_the_address_is_never_read() -> None:
    assert is_refused(send(f"{POLL}?{urlencode(polling('x'))}", b""), "invalid_request")


def test_who_tries_to_prove_more_is_told_the_scheme() -> None:
    """RFC 6749 §5.2: 401, when the client used the header."""
    tried = {"Authorization": "Basic cmFzLWNvbnNvbGU6"}

    answer = send(POLL, polling("x", client_id=""), **tried)

    assert is_refused(answer, "invalid_client", 401)
    assert answer["WWW-Authenticate"].startswith("Basic ")
    assert is_refused(send(POLL, polling("x", client_id="other"), **tried), "invalid_client", 401)
    assert is_refused(send(POLL, polling("x"), **tried), "invalid_grant")


@BOTH
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"&",
        b"=",
        b"client_id",
        b"\xff\xfe\x00",
        b"client_id=%ff",
        b"client_id=%ED%A0%80",
        b"client_id=%00&grant_type=%00&device_code=%00",
        b"client_id=ras-console%00",
        b"%",
        b"%zz=%zz",
        b"a=1;b=2",
        b"a=" + b"x" * 20_000,
        b"a=" + b"x" * 1_100_000,
        b"&".join(b"p%d=1" % number for number in range(500)),
        b"client_id=ras-console&authorization_details=" + b"[" * 9000,
        b"client_id=ras-console&authorization_details=" + b"%5B" * 5000,
        b"client_id=ras-console&authorization_details=%5B1e999%5D",
        b"client_id=ras-console&authorization_details=%5B%22%5Cud800%22%5D",
        b"client_id=ras-console&authorization_details=%EF%BB%BF%5B%5D",
        b"client_id=ras-console&scope=%E2%80%AE",
        b"client_id=ras-console&grant_type=" + "ä".encode() * 200,
    ],
    ids=lambda body: ascii(body[:50]),
)
def test_no_body_breaks_anything(path: str, body: bytes) -> None:
    answer = send(path, body)

    assert is_refused(answer, answer.json()["error"])


@pytest.mark.parametrize(("path", "good"), [(ASK, asking()), (POLL, polling("rasd_x" * 8))])
def test_no_wrong_byte_breaks_anything(path: str, good: dict[str, str]) -> None:
    body = urlencode(good).encode()
    dice = random.Random(8628)

    for _body in range(400):
        place, wrong = dice.randrange(len(body)), dice.choice(b'\x00%&=+;"\\[{\xff\xc3\x1e9N')
        answer = send(path, body[:place] + bytes([wrong]) + body[place + dice.randrange(3) :])

        assert answer.status_code in (200, 400, 429), answer.content
        assert answer["Content-Type"] == "application/json"
