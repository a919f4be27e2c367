"""A CSV of purchases in every bad shape, and in the good ones (SPEC 5)."""

from __future__ import annotations

import io
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licensing.purchases.errors import CsvProblem
from licensing.purchases.rules.purchase_csv import MAX_LINE_BYTES, CsvLine, Reader
from licensing.purchases.rules.purchase_rows import COLUMNS
from tests.licensing import purchase_factories

HEADER = ",".join(COLUMNS)
LINE = "SO-{n},sales,Initech,peter@initech.example,ras,subscription,100,2026-11-01,2027-10-31,,,"
GOOD = LINE.format(n=1)


def read(*lines: str, end: str = "\n") -> tuple[list[CsvLine], list[CsvProblem]]:
    return read_bytes("".join(line + end for line in lines).encode())


def read_bytes(content: bytes) -> tuple[list[CsvLine], list[CsvProblem]]:
    reader = Reader(io.BytesIO(content))
    found = [line for block in reader for line in block]
    return found, reader.problems


def problem(*lines: str) -> CsvProblem:
    """The one problem of a file with these lines under its header."""
    _found, problems = read(HEADER, *lines)
    assert len(problems) == 1, problems
    return problems[0]


@pytest.mark.parametrize(
    "content",
    [
        f"{HEADER}\n{GOOD}\n",
        f"{HEADER}\n{GOOD}",
        f"{HEADER}\r\n{GOOD}\r\n",
        f"{HEADER}\r\n{GOOD}",
        f"\ufeff{HEADER}\n{GOOD}\n",
        f'"{HEADER.replace(",", chr(34) + "," + chr(34))}"\n{GOOD}\n',
    ],
)
def test_every_good_shape_is_read_alike(content: str) -> None:
    assert read_bytes(content.encode()) == ([CsvLine(2, purchase_factories.sold())], [])


def test_quoted_texts_keep_commas_and_quotes() -> None:
    [line], problems = read(HEADER, GOOD.replace("Initech", '"Initech ""North"", Inc."'))

    assert not problems
    assert line.sold.company == 'Initech "North", Inc.'


def test_a_header_alone_is_no_purchase_and_no_problem() -> None:
    assert read(HEADER) == ([], [])


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(content: bytes) -> None:
    _found, problems = read_bytes(content)

    assert len(problems) == 1
    assert problems[0].line == 1
    assert "empty" in problems[0].message


@pytest.mark.parametrize(
    ("header", "problems"),
    [
        (HEADER.replace(",seats", ""), [("seats", "missing")]),
        (HEADER.replace("seats", "seat"), [("seat", "no such column"), ("seats", "missing")]),
        (HEADER.replace("seats", "Seats"), [("Seats", "no such column"), ("seats", "missing")]),
        (HEADER.replace("seats", " seats"), [(" seats", "no such column"), ("seats", "missing")]),
        (HEADER + ",seats", [("seats", "more than once")]),
        (HEADER + ",discount", [("discount", "no such column")]),
        (HEADER + ",", [("", "no such column")]),
        (HEADER.replace("channel,company", "company,channel"), [("", "wrong order")]),
        (HEADER.replace(",", ";"), [("", "not by semicolons")]),
        (HEADER.replace(",", "\t"), [("", "not by tabs")]),
        ("", [("", "line is empty")]),
        (GOOD, None),
    ],
)
def test_a_wrong_header_is_named_and_ends_it(
    header: str, problems: list[tuple[str, str]] | None
) -> None:
    found, told = read(header, GOOD, "rubbish")

    assert not found
    assert {each.line for each in told} == {1}
    if problems is not None:
        assert [each.column for each in told] == [column for column, _text in problems]
        for each, (_column, text) in zip(told, problems, strict=True):
            assert text in each.message


def test_utf_16_and_latin_1_are_refused_with_the_line() -> None:
    _found, utf_16 = read_bytes(f"{HEADER}\n{GOOD}\n".encode("utf-16"))
    latin_1 = f"{HEADER}\n{GOOD}\n{GOOD.replace('Initech', 'Müller')}\n".encode("latin-1")
    _found, told = read_bytes(latin_1)

    assert (utf_16[0].line, utf_16[0].column) == (1, "")
    assert "UTF-8" in utf_16[0].message
    assert [(each.line, each.column) for each in told] == [(3, "company")]
    assert "UTF-8" in told[0].message


@pytest.mark.parametrize(
    ("line", "column", "says"),
    [
        (GOOD.replace("Initech", '"Initech'), "company", "not closed on this line"),
        (GOOD.replace("Initech", '"Ini"tech"'), "company", "Double a quote"),
        (GOOD.replace("peter@", '"peter"@'), "primary_email", "Double a quote"),
        (GOOD.replace("Initech", "Ini\rtech"), "company", "line break"),
        (GOOD.replace("Initech", "Initech, Inc."), "", "13 columns instead of 12"),
        (GOOD[:-1], "key", "11 columns instead of 12"),
        ("SO-1", "channel", "1 columns instead of 12"),
        ("", "", "line is empty"),
        ("   ", "", "line is empty"),
        (GOOD.replace("Initech", "Ini\0tech"), "company", "NUL"),
        (GOOD.replace("Initech", "=1+1"), "company", "formula"),
        (GOOD.replace("SO-1", "@SUM(A1)"), "order_number", "formula"),
        (GOOD.replace("100", "1_00"), "seats", "whole number"),
        (GOOD.replace("Initech", "x" * MAX_LINE_BYTES), "company", "Longer than 4096 bytes"),
    ],
)
def test_a_bad_line_is_told_with_line_and_column(line: str, column: str, says: str) -> None:
    told = problem(GOOD, line, LINE.format(n=3))

    assert (told.line, told.column) == (3, column)
    assert says in told.message


def test_a_quote_over_two_lines_swallows_nothing() -> None:
    _found, told = read(HEADER, GOOD.replace("Initech", '"Ini'), 'tech"', GOOD)

    assert [each.line for each in told] == [2, 3]


def test_a_problem_reads_as_a_sentence() -> None:
    told = problem(GOOD.replace(",100,", ",many,"))

    assert str(told) == (
        "line 2, column seats: Seats are a whole number from 1 to 1000000, in plain digits."
    )


def test_all_faults_of_all_lines_are_told_up_to_a_hundred() -> None:
    bad = GOOD.replace(",100,", ",many,").replace("sales", "phone")

    _found, three = read(HEADER, bad, GOOD, bad)
    _found, many = read(HEADER, *[bad] * 200)

    assert [(each.line, each.column) for each in three] == [
        (2, "channel"),
        (2, "seats"),
        (4, "channel"),
        (4, "seats"),
    ]
    assert len(many) == 100


def test_a_line_that_never_ends_is_not_read_to_its_end() -> None:
    endless = Endless(f"{HEADER}\n{GOOD}\n".encode())

    reader = Reader(endless)
    list(reader)

    assert [each.line for each in reader.problems] == [3]
    assert "Longer than" in reader.problems[0].message
    assert endless.given < 3_000_000


class Endless:
    """A stream that begins well and never stops."""

    def __init__(self, start: bytes) -> None:
        self.start, self.given = start, 0

    def read(self, size: int, /) -> bytes:
        block = (self.start + b"x" * size)[:size]
        self.start = self.start[size:]
        self.given += size
        return block


def test_a_long_file_takes_no_more_memory_than_a_block() -> None:
    reader = Reader(Long())
    tracemalloc.start()

    count = sum(len(block) for block in reader)

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == Long.LINES
    assert reader.lines == Long.LINES + 1
    assert peak < 8_000_000  # of all its purchases: ten times that


class Long:
    """Five megabytes, made as they are read."""

    LINES = 50_000

    def __init__(self) -> None:
        self._next = 0
        self._rest = (HEADER + "\n").encode()

    def read(self, size: int, /) -> bytes:
        while len(self._rest) < size and self._next < self.LINES:
            self._next += 1
            self._rest += (LINE.format(n=self._next) + "\n").encode()
        block, self._rest = self._rest[:size], self._rest[size:]
        return block


@given(st.binary(max_size=300))
def test_any_bytes_are_purchases_or_problems(content: bytes) -> None:
    found, problems = read_bytes(f"{HEADER}\n".encode() + content)

    assert not (found and problems)
    assert all(each.line >= 2 and each.message for each in problems)


@given(
    st.lists(st.text(st.characters(codec="utf-8"), max_size=8), max_size=14),
    st.integers(min_value=0, max_value=13),
)
def test_a_line_is_read_alike_in_a_block_and_alone(cells: list[str], place: int) -> None:
    line = ",".join(cells)
    lines = [LINE.format(n=n) for n in range(1, 14)]
    lines.insert(place, line)

    _found, in_block = read(HEADER, *lines)
    _found, alone = read(HEADER, *[""] * place, line)

    mine = [each for each in alone if each.line >= place + 2]
    assert in_block == mine
