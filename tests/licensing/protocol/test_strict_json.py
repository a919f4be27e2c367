"""The bodies that parsers read differently, or that break what comes after them."""

from __future__ import annotations

import json
import time

import pytest

from licensing.protocol import strict_json


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[1,]",
        b"{'a': 1}",
        b"\xff\xfe[\x001\x00]\x00",  # UTF-16
        b"\xef\xbb\xbf[1]",  # a byte order mark
        b'["\xed\xa0\x80"]',  # a surrogate, encoded
        b'["\\ud800"]',
        b'{"\\udfff": 1}',
        b'["\\u0000"]',
        b'[{"a": ["b\\u0000"]}]',
        b'["\x00"]',
        b"[NaN]",
        b"[Infinity]",
        b"[-Infinity]",
        b"[1e400]",
        b"[-1e400]",
        b"[9223372036854775808]",
        b"[-9223372036854775809]",
        b"[" + b"9" * 5000 + b"]",
        b'{"a": 1, "a": 2}',
        b'{"a": {"b": 1, "\\u0062": 2}}',
        b"[" * 100_000,
        b"[" * 33 + b"]" * 33,
        b'{"a":' * 33 + b"1" + b"}" * 33,
        b"[1] [2]",
        b'["a\nb"]',
        b'"unended \\',
    ],
    ids=lambda body: ascii(body[:24]),
)
def test_what_can_be_read_in_two_ways_is_refused(body: bytes) -> None:
    with pytest.raises(strict_json.NotJson) as refused:
        strict_json.read(body)

    assert str(refused.value)


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        {"a": [1, -1.5, True, None, "Zürich — 東京 😀"]},
        [2**63 - 1, -(2**63)],
        'brackets [[[[ in {{{{ a text \\ and " quotes',
        ["[" * 100],
    ],
    ids=ascii,
)
def test_good_json_says_what_it_says(value: object) -> None:
    assert strict_json.read(json.dumps(value).encode()) == value
    assert strict_json.read(json.dumps(value, ensure_ascii=False)) == value


def test_thirty_two_levels_are_fine() -> None:
    assert strict_json.read("[" * 32 + "]" * 32)


@pytest.mark.parametrize("endless", [b"\\\\", b'\\"', b'"', b'"\\'], ids=ascii)
def test_a_megabyte_of_strings_without_an_end_is_refused_in_no_time(endless: bytes) -> None:
    body = b'"' + endless * (1_000_000 // len(endless)) + b"x"
    started = time.thread_time()

    with pytest.raises(strict_json.NotJson):
        strict_json.read(body)

    assert time.thread_time() - started < 1
