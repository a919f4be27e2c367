"""Reads a CSV of purchases: strictly, and never with more than a block of it in memory.

UTF-8 with or without a byte order mark, lines that end with LF or CRLF, exactly the header of
COLUMNS, one purchase a line (RFC 4180, without line breaks in fields).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Final, NamedTuple, Protocol

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from licensing.purchases.errors import CsvProblem
from licensing.purchases.rules.purchase_rows import COLUMNS, InvalidRow, PurchaseRecord, check

MAX_PROBLEMS: Final = 100
MAX_LINE_BYTES: Final = 4096  # bytes
_BLOCK: Final = 1 << 18
_BOM: Final = b"\xef\xbb\xbf"
_WIDTH: Final = len(COLUMNS)
_SEPARATORS: Final = {";": gettext_lazy("semicolons"), "\t": gettext_lazy("tabs")}


class Binary(Protocol):
    def read(self, size: int, /) -> bytes: ...


class CsvLine(NamedTuple):
    number: int
    sold: PurchaseRecord


class Reader:
    """The purchases of a file in blocks; `problems`, as soon as there are any, instead.

    It stops at the hundredth problem: a file is taken as a whole or not at all.
    """

    def __init__(self, stream: Binary) -> None:
        self.problems: list[CsvProblem] = []
        self.lines = 0
        self.bytes_read = 0
        self._stream = stream

    def __iter__(self) -> Iterator[list[CsvLine]]:
        for raw in self._blocks():
            if not self.lines:
                self._read_header(raw.pop(0))
            if self._has_enough():
                return
            block = self._block(raw) if raw else []
            self.lines += len(raw)
            if block and not self.problems:
                yield block
        if not self.lines:
            self._refuse(1, "", _("The file is empty."))

    def _blocks(self) -> Iterator[list[bytes]]:
        """Whole lines, without the LF that ends them."""
        rest = b""
        while not self._has_enough() and (block := self._stream.read(_BLOCK)):
            start = block if self.bytes_read else block.removeprefix(_BOM)
            self.bytes_read += len(block)
            *lines, rest = (rest + start).split(b"\n")
            if lines:
                yield lines
            if len(rest) > MAX_LINE_BYTES:
                break  # perhaps it never ends
        if rest and not self._has_enough():
            yield [rest]

    def _has_enough(self) -> bool:
        """True when reading on tells nothing more: without its header, no line can be read."""
        return len(self.problems) >= MAX_PROBLEMS or any(
            problem.line == 1 for problem in self.problems
        )

    def _refuse(self, line: int, column: str, message: str) -> None:
        """Note a problem, unless there are enough."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(CsvProblem(line, column, message))

    def _read_header(self, raw: bytes) -> None:
        self.lines = 1
        found = self._cells(1, raw)
        if found is None:
            self.problems = [problem._replace(column="") for problem in self.problems]
            return
        for column, message in _faults_of_header(found):
            self._refuse(1, column, message)

    def _block(self, raw: list[bytes]) -> list[CsvLine]:
        """All purchases of a block at once; line by line only when one of them is wrong."""
        first = self.lines + 1
        try:
            rows = _quick_rows(raw)
            return [CsvLine(number, check(row)) for number, row in enumerate(rows, first)]
        except (UnicodeDecodeError, InvalidRow, csv.Error):
            lines = (self._line(number, line) for number, line in enumerate(raw, first))
            return [line for line in lines if line]

    def _line(self, number: int, raw: bytes) -> CsvLine | None:
        row = self._cells(number, raw)
        if row is None:
            return None
        if len(row) != _WIDTH:
            message = _("%(count)d columns instead of %(width)d. A comma in a text needs quotes.")
            column = COLUMNS[len(row)] if len(row) < _WIDTH else ""
            self._refuse(number, column, message % {"count": len(row), "width": _WIDTH})
            return None
        try:
            return CsvLine(number, check(row))
        except InvalidRow as error:
            for fault in error.faults:
                self._refuse(number, fault.column, fault.message)
            return None

    def _cells(self, number: int, raw: bytes) -> list[str] | None:
        """The cells of one line, or None after a problem with it."""
        if len(raw) > MAX_LINE_BYTES:
            message = _("Longer than %(bytes)d bytes. Is a line break or a quote missing?")
            self._refuse(number, _place(raw[:MAX_LINE_BYTES]), message % {"bytes": MAX_LINE_BYTES})
            return None
        try:
            text = raw.decode().removesuffix("\r")
        except UnicodeDecodeError as error:
            message = _("This isn't UTF-8. Save the file as “CSV UTF-8”.")
            self._refuse(number, _place(raw[: error.start]), message)
            return None
        if not text.strip():
            self._refuse(number, "", _("The line is empty."))
            return None
        try:
            return next(csv.reader([text], strict=True))
        except csv.Error as error:
            self._refuse(number, *_misquoted(text, str(error)))
            return None


def first_sold(stream: Binary, count: int) -> list[PurchaseRecord]:
    """The first purchases of a file that Reader found good."""
    start = stream.read(_BLOCK).removeprefix(_BOM).splitlines()[1 : count + 1]
    return [check(row) for row in csv.reader(line.decode() for line in start)]


def _faults_of_header(found: list[str]) -> list[tuple[str, str]]:
    for separator, name in _SEPARATORS.items():
        if separator in found[0]:
            return [("", _("Columns are separated by commas, not by %(what)s.") % {"what": name})]
    strange = dict.fromkeys(name for name in found if name not in COLUMNS)
    doubled = [name for name in COLUMNS if found.count(name) > 1]
    missing = [name for name in COLUMNS if name not in found]
    if tuple(found) != COLUMNS and not (strange or doubled or missing):
        message = _("The columns are in the wrong order. The right order is: %(columns)s.")
        return [("", message % {"columns": ",".join(COLUMNS)})]
    return [
        *((name[:60], _("There is no such column.")) for name in strange),
        *((name, _("This column appears more than once.")) for name in doubled),
        *((name, _("This column is missing.")) for name in missing),
    ]


def _quick_rows(raw: list[bytes]) -> list[list[str]]:
    """The rows of many lines, for check(); raises when any line needs a closer look."""
    if max(map(len, raw)) > MAX_LINE_BYTES:
        raise csv.Error
    text = b"\n".join(raw).decode().replace("\r\n", "\n").removesuffix("\r")
    rows = list(csv.reader(text.split("\n"), strict=True))
    if len(rows) != len(raw) or any(len(row) != _WIDTH for row in rows):
        raise csv.Error
    return rows


def _place(start: bytes) -> str:
    """The column in which the beginning of a line ends."""
    return _column(start.decode(errors="replace"))


def _column(start: str) -> str:
    cells = next(csv.reader([start.replace("\r", " ")]), [""])
    return COLUMNS[min(len(cells), _WIDTH) - 1]


def _misquoted(text: str, error: str) -> tuple[str, str]:
    """Which column csv.reader couldn't read, and why."""
    if "unexpected end" in error:
        return _column(text), _("A quote is opened here and not closed on this line.")
    good, bad = 0, len(text)
    while bad - good > 1:
        middle = (good + bad) // 2
        good, bad = (good, middle) if _fails(text[:middle]) else (middle, bad)
    if "\r" in text[bad - 2 : bad]:
        return _column(text[:bad]), _(
            "There's a line break inside a field. Lines end with LF or CRLF."
        )
    return (
        _column(text[: bad - 1]),
        _("Double a quote inside quoted text, and put a comma after the closing quote."),
    )


def _fails(start: str) -> bool:
    try:
        list(csv.reader([start], strict=True))
    except csv.Error as error:
        return "unexpected end" not in str(error)
    return False
