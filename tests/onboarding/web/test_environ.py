"""What Django is told about a request (PEP 3333)."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.core.handlers.wsgi import WSGIRequest

from onboarding.web.environ import environ
from tests.onboarding.web.exchange import Head, Headers

pytestmark = pytest.mark.embedded


def request(head: Head, body: bytes = b"") -> WSGIRequest:
    return WSGIRequest(environ(head, BytesIO(body), len(body)))


def test_a_form_arrives_whole() -> None:
    form = "application/x-www-form-urlencoded"
    head = Head("POST", headers=Headers(("content-type", form), ("content-length", "7")))

    made = request(head, b"a=1&b=2")

    assert made.method == "POST"
    assert made.POST.dict() == {"a": "1", "b": "2"}


def test_the_length_is_what_was_received() -> None:
    made = request(Head(headers=Headers(("content-length", "99"))), b"abc")

    assert made.META["CONTENT_LENGTH"] == "3"
    assert made.body == b"abc"


def test_addresses_are_read_as_utf_8() -> None:
    made = request(Head(path="/b/ä\x00/", query_string="q=%C3%A4&x=ä"))

    assert made.path == "/b/ä\x00/"
    assert made.GET.dict() == {"q": "ä", "x": "ä"}


def test_headers_that_come_twice_are_joined() -> None:
    made = request(
        Head(
            headers=Headers(
                ("host", "a.example"),
                ("host", "b.example"),
                ("cookie", "a=1"),
                ("cookie", "b=2"),
                ("x-forwarded-for", "192.0.2.1"),
                ("x-forwarded-for", "192.0.2.2"),
            )
        )
    )

    assert made.COOKIES == {"a": "1", "b": "2"}
    assert made.META["HTTP_HOST"] == "a.example,b.example"
    assert made.META["HTTP_X_FORWARDED_FOR"] == "192.0.2.1,192.0.2.2"


@pytest.mark.parametrize(
    ("client", "address"), [("192.0.2.7:1234", "192.0.2.7"), ("[2001:db8::1]:80", "2001:db8::1")]
)
def test_the_client_has_its_address(client: str, address: str) -> None:
    assert request(Head(client=client)).META["REMOTE_ADDR"] == address


def test_the_rest_is_as_every_server_says_it() -> None:
    made = request(Head(scheme="https", http_version="1.1", server="127.0.0.1:8443"))

    assert made.scheme == "https"
    assert made.META["SERVER_PROTOCOL"] == "HTTP/1.1"
    assert made.META["SERVER_NAME"] == "127.0.0.1"
    assert made.META["SERVER_PORT"] == "8443"
    assert made.META["SCRIPT_NAME"] == ""
