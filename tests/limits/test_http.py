"""The HTTP layer itself: heads and bodies that no browser sends. Clear refusals, never a 500."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any, Final

import pytest
from django.conf import settings as django_settings
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from accounts.directory.models import User
from tests import factories
from tests.limits.odd_heads import (
    ADDRESSES,
    CHARSETS,
    CONTENT_TYPES,
    FORM,
    HEADERS,
    METHODS,
    ODD_HOSTS,
    PARTS,
    QUERIES,
)
from tests.limits.raw_http import HOST, PATHS, ask
from tests.personas import SignIn

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


def cases() -> Iterator[dict[str, Any]]:
    """Every odd thing once."""
    kinds = (FORM, "multipart/form-data; boundary=edge", "application/json", "text/plain")
    odd = {
        "HTTP_HOST": ODD_HOSTS,
        "CONTENT_TYPE": (
            *(f"{kind}; charset={charset}" for charset in CHARSETS for kind in kinds),
            *CONTENT_TYPES,
        ),
        "method": METHODS,
        "path": ADDRESSES,
        "QUERY_STRING": QUERIES,
    }
    yield from ({name: value} for name, values in odd.items() for value in values)
    yield from HEADERS


@pytest.mark.parametrize("path", PATHS)
def test_odd_requests_get_a_clear_answer(path: str) -> None:
    for odd in cases():
        for method, body in (("GET", b""), ("POST", b"login=%2BADw-&a=b")):
            with transaction.atomic():
                answer = ask(
                    **{"path": path, "method": method, "body": body, "CONTENT_TYPE": FORM, **odd}
                )
                transaction.set_rollback(True)

            assert answer.status < 500, (path, method, str(odd)[:99])
            assert leads_home(answer.headers.get("Location", "")), (path, method, str(odd)[:99])


@pytest.mark.parametrize("number", range(len(PARTS)))
def test_odd_parts_of_a_form_get_a_clear_answer(number: int) -> None:
    body = b"--edge\r\n" + PARTS[number] + b"\r\n\r\n!!!\xff\r\n--edge--\r\n"

    for path in PATHS:
        kind = "multipart/form-data; boundary=edge"
        assert ask(path, method="POST", body=body, CONTENT_TYPE=kind).status < 500, path


@pytest.mark.parametrize(
    ("odd", "of_the_api"),
    [
        ({"HTTP_HOST": "[::1"}, (400, "bad_request")),
        ({"CONTENT_TYPE": f"{FORM}; charset=utf-7"}, (415, "not_json")),
        ({"CONTENT_TYPE": f"{FORM}; charset=base64"}, (415, "not_json")),
        ({"CONTENT_TYPE": "multipart/form-data; boundary*=nonsense''a"}, (415, "not_json")),
    ],
)
def test_what_cannot_be_read_is_refused_in_everybodys_words(
    odd: dict[str, str], of_the_api: tuple[int, str]
) -> None:
    page = ask("/support/", method="POST", body=b"a=b", **odd)
    vendor = {"HTTP_AUTHORIZATION": f"Bearer {django_settings.PORTAL_VENDOR_TOKEN}"}
    api = ask("/api/v1/purchases", method="POST", body=b"{}", **vendor, **odd)
    oauth = ask("/oauth/token", method="POST", body=b"a=b", **odd)

    assert (page.status, oauth.status) == (400, 400)
    assert b"<h1>" in page.body
    assert (api.status, json.loads(api.body)["code"]) == of_the_api
    assert json.loads(oauth.body)["error"] == "invalid_request"


def test_utf_8_by_any_of_its_names_is_read() -> None:
    for charset in ("utf-8", "UTF-8", "utf8", '"utf-8"'):
        kind = f"{FORM}; charset={charset}"
        answer = ask("/oauth/token", method="POST", body=b"grant_type=x", CONTENT_TYPE=kind)
        assert json.loads(answer.body)["error"] == "unsupported_grant_type", charset


_BYTES: Final = st.binary(max_size=200).map(lambda raw: raw.decode("latin-1"))
_ODD: Final = st.fixed_dictionaries(
    {},
    optional={
        "HTTP_HOST": _BYTES | st.sampled_from(ODD_HOSTS),
        "CONTENT_TYPE": _BYTES
        | st.sampled_from(CONTENT_TYPES)
        | st.builds(
            "{}; {}={}".format, st.sampled_from([FORM, "multipart/form-data"]), _BYTES, _BYTES
        )
        | st.sampled_from(CHARSETS).map((FORM + "; charset={}").format),
        "HTTP_COOKIE": _BYTES | _BYTES.map("sid={0}; csrf={0}; messages={0}; known={0}".format),
        "HTTP_AUTHORIZATION": _BYTES | _BYTES.map("Bearer {}".format),
        "HTTP_REFERER": _BYTES | _BYTES.map(f"http://{HOST}/{{}}".format),
        "HTTP_ORIGIN": _BYTES,
        "HTTP_ACCEPT": _BYTES,
        "HTTP_ACCEPT_LANGUAGE": _BYTES,
        "HTTP_X_FORWARDED_FOR": _BYTES,
        "HTTP_X_FORWARDED_PROTO": _BYTES,
        "HTTP_TRANSFER_ENCODING": _BYTES,
        "HTTP_IF_MODIFIED_SINCE": _BYTES,
        "CONTENT_LENGTH": _BYTES | st.integers().map(str),
        "QUERY_STRING": _BYTES,
        "method": st.sampled_from(["GET", "HEAD", "POST", "OPTIONS", *METHODS]) | _BYTES,
        "path": st.sampled_from(PATHS) | _BYTES.map("/{}".format),
        "body": st.binary(max_size=300),
    },
)


@settings(
    max_examples=int(os.environ.get("PORTAL_TEST_ROUNDS", "300")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(odd=_ODD)
def test_nothing_off_the_wire_breaks_the_portal(odd: dict[str, Any]) -> None:
    with transaction.atomic():
        answer = ask(**odd)
        transaction.set_rollback(True)

    assert answer.status < 500
    assert leads_home(answer.headers.get("Location", ""))


def leads_home(location: str) -> bool:
    """Nowhere, or to a path of the portal that no browser reads as another host."""
    path = location.removeprefix(f"http://{HOST}")
    return path == "" or (path[0] == "/" and path[1:2] not in ("/", "\\"))


def test_a_refused_act_leads_nowhere_but_home(sign_in: SignIn, alice: User, now: Any) -> None:
    acme = factories.business_account("Acme Corp", administrator=alice, now=now)
    for evil in (
        "http://testserver//evil.example/",
        "http://testserver/\\evil.example/",
        "http://testserver///evil.example/",
        "http://testserver/%09/evil.example/",
        "http://testserver//evil.example/?a=b",
        "http://evil.example/",
        "http://[::1",
    ):
        refused = sign_in(alice).post(f"/b/{acme.slug}/members/leave/", headers={"referer": evil})

        assert leads_home(refused.get("Location", "")), evil


def test_a_wrong_host_is_logged() -> None:
    with capture_logs() as events:
        ask(HTTP_HOST="evil.example\x1b[2J")

    found = [each for each in events if each["event"] == "wrong_host"]
    assert [each["host"] for each in found] == [r"'evil.example\x1b[2J'"]


def test_the_answer_that_begins_a_session_is_kept_by_nobody(alice: User) -> None:
    answer = Client().post(
        "/accounts/login/", {"login": alice.email, "password": factories.PASSWORD}
    )

    assert "sid" in answer.cookies
    assert "no-store" in answer["Cache-Control"]
