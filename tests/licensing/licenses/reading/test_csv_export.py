"""CSV files for spreadsheet programs: nothing in them runs, nothing is lost (SPEC 5)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime

import pytest
from django.http import StreamingHttpResponse

from accounts.directory.models import BusinessAccount
from licensing.licenses.models import License
from licensing.licenses.reading import csv_export
from licensing.licenses.reading.csv_export import all_rows, csv_file, safe
from tests.licensing import license_factories


def sent(response: StreamingHttpResponse) -> bytes:
    return b"".join(response)


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "＝1", "＋1", "－1", "＠x"]
)
def test_a_cell_never_begins_like_a_formula(text: str) -> None:
    assert safe(text) == f"'{text}"


@pytest.mark.parametrize(
    ("value", "text"), [("Farm = 1", "Farm = 1"), ("", ""), (None, ""), (0, "0"), (25, "25")]
)
def test_other_values_stay_as_they_are(value: object, text: str) -> None:
    assert safe(value) == text


def test_a_spreadsheet_reads_back_what_was_written() -> None:
    lines: list[list[object]] = [["Graz, Süd", 'the "big" one'], ["two\nlines", 7]]

    response = csv_file("farms.csv", ["Name", "Note"], lines)

    body = sent(response)
    assert body.startswith(b"\xef\xbb\xbf")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="farms.csv"'
    assert list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""))) == [
        ["Name", "Note"],
        ["Graz, Süd", 'the "big" one'],
        ["two\nlines", "7"],
    ]


def test_a_file_without_rows_still_has_its_header() -> None:
    assert sent(csv_file("none.csv", ["Name"], [])).decode("utf-8-sig") == "Name\r\n"


def test_lines_are_made_while_the_file_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_export, "ROWS_PER_CHUNK", 2)
    asked: list[int] = []

    def lines() -> Iterator[list[int]]:
        for number in range(5):
            asked.append(number)
            yield [number]

    parts = iter(csv_file("n.csv", ["Number"], lines()))

    next(parts)
    assert asked == []
    next(parts)
    assert asked == [0, 1]


@pytest.mark.django_db
def test_rows_come_in_chunks_each_one_once(
    acme: BusinessAccount, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_export, "ROWS_PER_CHUNK", 2)
    made = [license_factories.subscription(acme, now=now).pk for _number in range(5)]

    assert [row.pk for row in all_rows(License.objects.order_by("-seats"))] == made
