from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.identity import addresses as identity
from accounts.identity.addresses import InvalidEmail, canonical_email, email_domain, split_addresses


@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        ("alice@acme.example", "alice@acme.example"),
        ("  Alice.Reyes@ACME.Example \n", "alice.reyes@acme.example"),
        ("alice+ras@acme.example", "alice+ras@acme.example"),
        ("a.l.i.c.e@acme.example", "a.l.i.c.e@acme.example"),
        ("alice@bücher.example", "alice@xn--bcher-kva.example"),
        ("alice@BÜCHER.example", "alice@xn--bcher-kva.example"),
        ("alice@xn--bcher-kva.example", "alice@xn--bcher-kva.example"),
    ],
)
def test_an_address_is_compared_in_one_form(typed: str, canonical: str) -> None:
    assert canonical_email(typed) == canonical


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "alice",
        "@acme.example",
        "alice@",
        "alice@localhost",
        "alice@[127.0.0.1]",
        "alice@127.0.0.1",
        "İ@acme.example",
        "älice@acme.example",
        '"<script>alert(1)</script>"@acme.example',
        "=cmd@acme.example",
        "+49@acme.example",
        "-rf@acme.example",
        "alice..reyes@acme.example",
        ".alice@acme.example",
        "a" * 65 + "@acme.example",
        "alice@" + "a" * 250 + ".example",
        "victim@ｅxample.com",
        "victim@exa\u00admple.com",
        "victim@straße.example\u200b",
        "alice@acme.example\r\nBcc: eve@evil.example",
        "alice@acme.example\x00",
        "alice@acme..example",
        "alice@-acme.example",
        "ali ce@acme.example",
        "alice@acme.example,eve@evil.example",
    ],
)
def test_what_canonicalization_would_change_or_mail_would_misread_is_refused(typed: str) -> None:
    with pytest.raises(InvalidEmail, match="Enter an email address"):
        canonical_email(typed)


@given(st.text(max_size=80))
def test_any_text_gives_a_stable_form_or_a_refusal(text: str) -> None:
    try:
        canonical = canonical_email(text)
    except InvalidEmail:
        return
    assert canonical_email(canonical) == canonical
    assert canonical.isascii()
    assert canonical == canonical.lower()


def test_the_domain_is_what_stands_behind_the_at() -> None:
    assert email_domain("alice@acme.example") == "acme.example"


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("a@x.example, b@x.example;c@x.example\nd@x.example e@x.example", list("abcde")),
        ("Dana Reyes <a@x.example>, B <b@x.example>", list("ab")),
        ('"Reyes, Dana" <a@x.example>; b@x.example', list("ab")),
        ("a@x.example\n\n a@x.example ,,; ", ["a"]),
        ("", []),
    ],
)
def test_pasted_addresses_are_split(text: str, addresses: list[str]) -> None:
    assert split_addresses(text) == [f"{name}@x.example" for name in addresses]


def test_what_is_no_address_is_kept_for_the_refusal() -> None:
    assert split_addresses("a@x.example, nonsense") == ["a@x.example", "nonsense"]


@given(st.from_regex(r"[a-zA-Z0-9.-]{1,70}", fullmatch=True) | st.text("ab-.1xn", max_size=80))
def test_plain_domains_are_read_as_idna_reads_them(domain: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        by_pattern = _canonical_or_refused(f"anna@{domain}")
        patch.setattr(identity, "_PLAIN", re.compile(r"(?!)"))
        by_tables = _canonical_or_refused(f"anna@{domain}")

    assert by_pattern == by_tables


def _canonical_or_refused(address: str) -> str:
    try:
        return canonical_email(address)
    except InvalidEmail:
        return "refused"
