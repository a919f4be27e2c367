"""What people wrote, in mails: readable, and neither a link nor a number to call (SPEC 5, 6)."""

from __future__ import annotations

import ast

import pytest

from accounts.outbox.rendering import safe_host, safe_line, safe_name, safe_text
from tests.architecture import source

# Where words of the vendor, or of the portal, may keep their digits; all others are people's.
OF_THE_VENDOR = {
    "licensing/licenses/emails.py: safe_line(reason)",  # staff says why, and may want to be called
    "accounts/sign_in/emails/security.py: safe_line(origin.ip)",
    "onboarding/support/emails.py: safe_line(name)",  # the labels of support's own facts
}


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Call +1 (800) 555-0199 now", "Call … now"),
        ("Call 0800.555.0199", "Call …"),
        ("Call 0 8 0 0 5 5 5 0 1 9 9", "Call …"),
        ("Rufen Sie 0043/1/555 01 99 an", "Rufen Sie … an"),
        ("Call ٠٨٠٠٥٥٥٠١٩٩", "Call …"),
        ("Call 2026-11-24-555", "Call …"),
        ("Win at prize.example", "Win at prize[.]example"),
        ("https://prize.example/", "https: prize[.]example/"),
        ("Farm 2024-01-15", "Farm 2024-01-15"),
        ("Winter & Söhne (1999)", "Winter & Söhne (1999)"),
    ],
)
def test_what_a_person_wrote_neither_links_nor_calls(written: str, shown: str) -> None:
    assert safe_name(written) == shown
    assert safe_text(written) == shown


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("ras01.acme.example", "ras01.acme.example"),
        ("192.168.100.200", "192.168.100.200"),
        ("WIN-20240115", "WIN-20240115"),
        ("1-800-555-0199", "…"),
        ("18005550199", "…"),
        ("+1 800 555 0199", "…"),
        ("www.prize.example", "www[.]prize[.]example"),
    ],
)
def test_a_host_stays_readable_and_cannot_be_called(host: str, shown: str) -> None:
    assert safe_host(host) == shown


def test_support_may_call_people_back() -> None:
    assert safe_text("I'm at +43 1 555 0199\nhttps://x.example", keeps_numbers=True) == (
        "I'm at +43 1 555 0199\nhttps: x[.]example"
    )


def test_a_network_and_an_order_number_keep_their_digits() -> None:
    assert safe_line("192.168.100.200") == "192.168.100.200"


def test_mails_keep_digits_only_of_what_people_did_not_write() -> None:
    found = {
        f"{source.name(path)}: safe_line({ast.unparse(node.args[0])})"
        for path in source.modules(*source.PACKAGES)
        if path.name != "rendering.py"
        for node in source.nodes(path)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "safe_line"
    }

    assert found == OF_THE_VENDOR
