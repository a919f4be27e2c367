"""What one purchase may say, column by column."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licensing.purchases.rules.purchase_rows import COLUMNS, InvalidRow, PurchaseRecord, check
from tests.licensing import purchase_factories


def faults(**facts: str) -> list[tuple[str, str]]:
    with pytest.raises(InvalidRow) as refused:
        purchase_factories.sold(**facts)
    return [(fault.column, fault.message) for fault in refused.value.faults]


def test_a_purchase_is_read_into_its_canonical_form() -> None:
    sold = purchase_factories.sold(
        company="  Initech \u00a0 Ltd ",
        primary_email="Peter@INITECH.Example",
        key="ras1 6ez9v-qwzf1-xfkfb-c2wxw",
    )

    assert sold == PurchaseRecord(
        order_number="SO-1",
        channel="sales",
        company="Initech Ltd",
        primary_email="peter@initech.example",
        primary_email_display="Peter@INITECH.Example",
        product="ras",
        kind="subscription",
        seats=100,
        starts_on=date(2026, 11, 1),
        ends_on=date(2027, 10, 31),
        upgrade_insurance_until=None,
        version="",
        key="RAS1-6EZ9V-QWZF1-XFKFB-C2WXW",
    )


def test_the_columns_are_those_of_the_contract() -> None:
    assert ",".join(COLUMNS) == (
        "order_number,channel,company,primary_email,product,kind,seats,starts_on,ends_on,"
        "upgrade_insurance_until,version,key"
    )


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("order_number", "", "can't be empty"),
        ("order_number", "9" * 61, "At most 60"),
        ("order_number", "=1+1", "begins with ="),
        ("order_number", "SO\x001", "can't be printed"),
        ("channel", "Sales", "one of: online, sales, reseller"),
        ("channel", " sales", "one of"),
        ("company", " \t ", "can't be empty"),
        ("company", "A" * 101, "At most 100"),
        ("company", "+49 GmbH", "begins with +"),
        ("company", "-Acme", "begins with -"),
        ("company", "@Acme", "begins with @"),
        ("company", "  =HYPERLINK()", "begins with ="),
        ("company", "Ac\x00me", "can't be printed"),
        ("company", "Ac\u202eme", "can't be printed"),
        ("primary_email", "peter", "Enter an email address"),
        ("primary_email", "=cmd@initech.example", "Enter an email address"),
        ("product", "RAS", "one of: ras, desktop-business, access-business"),
        ("kind", "trial", "one of: subscription, permanent"),
        ("seats", "", "whole number"),
        ("seats", "0", "whole number"),
        ("seats", "-5", "whole number"),
        ("seats", "1_000", "whole number"),
        ("seats", "\u0663", "whole number"),
        ("seats", " 5", "whole number"),
        ("seats", "1e3", "whole number"),
        ("seats", "007", "whole number"),
        ("seats", "1000001", "whole number"),
        ("seats", "9" * 30, "whole number"),
        ("starts_on", "", "A date looks like"),
        ("starts_on", "20261101", "A date looks like"),
        ("starts_on", "2026-W45-1", "A date looks like"),
        ("starts_on", "01.11.2026", "A date looks like"),
        ("starts_on", "2026-02-29", "A date looks like"),
        ("starts_on", "2026-11-01T00:00", "A date looks like"),
        ("starts_on", "0026-11-01", "A date looks like"),
        ("starts_on", "\u0662026-11-01", "A date looks like"),
        ("ends_on", "3026-11-01", "A date looks like"),
        ("upgrade_insurance_until", "soon", "A date looks like"),
        ("version", "v20", "A version looks like"),
        ("version", "20.0.0.0.0", "A version looks like"),
        ("key", "RAS1-AAAAA", "A key has 20 characters"),
        ("key", "RAS1-6EZ9V-QWZF1-XFKFB-C2WXX", "has a typo"),
        ("key", "?", "A key looks like"),
    ],
)
def test_what_a_column_refuses(column: str, value: str, says: str) -> None:
    found = faults(**{column: value})

    assert [where for where, _message in found] == [column]
    assert says in found[0][1]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("order_number", "PO 2026/17-b"),
        ("company", "Müller & Söhne, Inc."),
        ("company", "1-2-3 GmbH"),
        ("company", "Ürün\\Anonim"),
        ("seats", "1"),
        ("seats", "1000000"),
        ("starts_on", "2024-02-29"),
        ("version", "20.0.1"),
        ("key", "0123456789ABCDEF"),
    ],
)
def test_what_a_column_takes(column: str, value: str) -> None:
    assert purchase_factories.sold(**{column: value})


@pytest.mark.parametrize(
    ("facts", "column"),
    [
        ({"ends_on": ""}, "ends_on"),
        ({"ends_on": "2026-10-31"}, "ends_on"),
        ({"upgrade_insurance_until": "2027-01-01"}, "upgrade_insurance_until"),
        ({"kind": "permanent", "version": "20"}, "ends_on"),
        ({"kind": "permanent", "ends_on": ""}, "version"),
        (
            {
                "kind": "permanent",
                "ends_on": "",
                "version": "20",
                "upgrade_insurance_until": "2026-10-31",
            },
            "upgrade_insurance_until",
        ),
    ],
)
def test_kind_and_dates_must_fit(facts: dict[str, str], column: str) -> None:
    assert [where for where, _message in faults(**facts)] == [column]


def test_a_subscription_may_last_one_day_and_have_a_version() -> None:
    assert purchase_factories.sold(ends_on="2026-11-01", version="21").version == "21"


def test_every_fault_of_a_line_is_named_in_order() -> None:
    found = faults(seats="many", channel="phone", key="?")

    assert [column for column, _message in found] == ["channel", "seats", "key"]


def test_the_digest_tells_changes_from_spelling() -> None:
    digest = purchase_factories.sold().digest

    assert purchase_factories.sold(company=" Initech ").digest == digest
    for column, value in (
        ("order_number", "SO-2"),
        ("channel", "online"),
        ("company", "Initrode"),
        ("primary_email", "milton@initech.example"),
        ("product", "access-business"),
        ("seats", "101"),
        ("starts_on", "2026-11-02"),
        ("ends_on", "2027-10-30"),
        ("version", "21"),
        ("key", "0123456789ABCDEF"),
    ):
        assert purchase_factories.sold(**{column: value}).digest != digest, column


@given(st.lists(st.text(max_size=12), min_size=12, max_size=12))
def test_any_twelve_texts_are_a_purchase_or_faults(values: list[str]) -> None:
    found: set[str] = set()
    try:
        sold = check(values)
    except InvalidRow as refused:
        found = {fault.column for fault in refused.faults}
    else:
        assert sold.seats >= 1
        return

    assert found
    assert found <= set(COLUMNS)
