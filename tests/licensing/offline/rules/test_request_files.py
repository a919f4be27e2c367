"""Request files: one way to read them, and a clear word about what is wrong."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from licensing.offline.errors import RequestFileInvalid
from licensing.offline.rules import request_files
from licensing.protocol import tokens
from tests.licensing import request_file_factories


def refusal(content: bytes) -> str:
    with pytest.raises(RequestFileInvalid) as refused:
        request_files.read(content)
    return str(refused.value)


def test_an_activation_file_says_which_instance_asks() -> None:
    file = request_files.read(request_file_factories.content(key_hint="ABC-12345678"))

    assert file.mode == "activate"
    assert file.needs_approval
    assert (file.installation.name, file.installation.version) == ("Farm One", "20.0")
    assert file.key_hint == "ABC-12345678"


def test_an_upgrade_file_says_where_it_comes_from() -> None:
    file = request_files.read(request_file_factories.content("upgrade", from_version="19.0"))

    assert file.needs_approval
    assert (file.installation.mode, file.installation.from_version) == ("upgrade", "19.0")


@pytest.mark.parametrize("mode", ["refresh", "deactivate"])
def test_a_licensed_instance_reports_usage_and_its_document(mode: str) -> None:
    days = [{"date": "2026-11-22", "peak_users": 41}, {"date": "2026-11-23", "peak_users": 0}]

    file = request_files.read(request_file_factories.content(mode, license="a.b.c", usage=days))

    assert not file.needs_approval
    assert file.license == "a.b.c"
    assert file.usage == {date(2026, 11, 22): 41, date(2026, 11, 23): 0}


def test_spaces_line_ends_order_and_a_mark_in_front_make_no_other_request() -> None:
    fields = request_file_factories.fields()
    plain = json.dumps(fields).encode()
    copied = (
        b"\xef\xbb\xbf"
        + json.dumps(dict(reversed(fields.items())), indent=4).replace("\n", "\r\n").encode()
        + b"\r\n"
    )

    assert request_files.read(copied).digest == request_files.read(plain).digest


def test_any_other_word_is_another_request() -> None:
    fields = request_file_factories.fields()
    others = [
        {**fields, "request_id": "x" * 20},
        {**fields, "host": "elsewhere"},
        {**fields, "created_at": "2026-11-24T09:30:01Z"},
    ]

    digests = {request_files.digest(each) for each in [fields, *others]}

    assert len(digests) == 4
    assert len({tokens.checksum(digest) for digest in digests}) == 4


def test_the_checksum_is_eight_letters_that_make_no_word() -> None:
    checksum = tokens.checksum(request_files.digest(request_file_factories.fields()))

    assert len(checksum) == 8
    assert set(checksum) <= set(tokens.USER_CODE_ALPHABET)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe",
        b"not json",
        b"[]",
        b'"text"',
        b"null",
        b'{"type": "ras_activation_request"',
        b'{"type": "ras_activation_request", "type": "ras_activation_request"}',
        b'{"type": "ras_activation"}',
        b"[" * 60_000,
        b"\x00" * 100,
        b"PK\x03\x04",
    ],
)
def test_what_is_no_request_file_is_told(content: bytes) -> None:
    assert "isn't a request file" in refusal(content)


def test_a_large_file_is_refused_unread() -> None:
    assert "64 KB" in refusal(b" " * (64 * 1024 + 1))


def test_a_file_of_the_largest_size_is_read() -> None:
    small = request_file_factories.content()

    file = request_files.read(small + b" " * (64 * 1024 - len(small)))

    assert file.mode == "activate"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"request_id": None}, "request_id"),
        ({"request_id": "short"}, "request_id"),
        ({"request_id": 7}, "request_id"),
        ({"created_at": None}, "created_at"),
        ({"created_at": "yesterday"}, "created_at"),
        ({"created_at": "2026-13-24T09:30:00Z"}, "created_at"),
        ({"mode": "delete"}, "mode"),
        ({"mode": ["refresh"]}, "mode"),
        ({"mode": None}, "mode"),
        ({"instance_id": "farm"}, "instance_id"),
        ({"instance_name": ""}, "instance_name"),
        ({"instance_name": "x" * 61}, "instance_name"),
        ({"version": "new"}, "version"),
        ({"host": "<script>"}, "host"),
        ({"key_hint": "RAS1-AAAAA"}, "key_hint"),
        ({"color": "red"}, "color"),
        ({"usage": []}, "mode"),
        ({"license": "a.b.c"}, "mode"),
    ],
    ids=str,
)
def test_a_wrong_field_is_named(changes: dict[str, Any], why: str) -> None:
    assert f"can't be used: {why}" in refusal(request_file_factories.content(**changes))


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"license": None}, "license"),
        ({"license": 1}, "license"),
        ({"usage": {}}, "usage"),
        ({"usage": [1]}, "usage"),
        ({"usage": [{"date": "2026-11-22"}]}, "usage"),
        ({"usage": [{"date": "2026-11-22", "peak_users": 1, "more": 1}]}, "usage"),
        ({"usage": [{"date": "2026-02-30", "peak_users": 1}]}, "usage"),
        ({"usage": [{"date": "20261122", "peak_users": 1}]}, "usage"),
        ({"usage": [{"date": 20261122, "peak_users": 1}]}, "usage"),
        ({"usage": [{"date": "2026-11-22", "peak_users": -1}]}, "usage"),
        ({"usage": [{"date": "2026-11-22", "peak_users": 1_000_001}]}, "usage"),
        ({"usage": [{"date": "2026-11-22", "peak_users": 1.0}]}, "usage"),
        ({"usage": [{"date": "2026-11-22", "peak_users": True}]}, "usage"),
        ({"usage": [{"date": "2026-11-22", "peak_users": 1}] * 2}, "usage"),
        ({"usage": [{"date": "2026-11-22", "peak_users": 1}] * 401}, "usage"),
        ({"from_version": "19.0"}, "from_version"),
    ],
    ids=str,
)
def test_a_wrong_report_is_named(changes: dict[str, Any], why: str) -> None:
    content = request_file_factories.content("refresh", **({"license": "a.b.c"} | changes))

    assert f"can't be used: {why}" in refusal(content)
