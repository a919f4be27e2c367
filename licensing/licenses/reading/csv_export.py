"""CSV exports for spreadsheet programs, streamed and safe against formula injection (SPEC 5)."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final, TypeVar

from django.db import models
from django.http import StreamingHttpResponse

from accounts.identity.formulas import is_formula

Row = TypeVar("Row", bound=models.Model)
ROWS_PER_CHUNK: Final = 1000
_BOM: Final = "\ufeff"  # without it, Excel reads UTF-8 as something else


class _Echo:
    """A file-like object whose `write` returns the text."""

    def write(self, text: str) -> str:
        return text


def csv_file(
    name: str, header: Sequence[str], lines: Iterable[Sequence[object]]
) -> StreamingHttpResponse:
    """A streamed CSV download with this file name, header and lines."""
    return StreamingHttpResponse(
        _text(header, lines),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def all_rows(rows: models.QuerySet[Row]) -> Iterator[Row]:
    """Every row by primary key, a thousand per query, so that no cursor stays open for a slow
    client."""
    after = 0
    while chunk := list(rows.filter(pk__gt=after).order_by("pk")[:ROWS_PER_CHUNK]):
        yield from chunk
        after = chunk[-1].pk


def safe(value: object) -> str:
    """The value as text that no spreadsheet program reads as a formula; None becomes ""."""
    text = "" if value is None else str(value)
    return f"'{text}" if is_formula(text) else text


def _text(header: Sequence[str], lines: Iterable[Sequence[object]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield _BOM + str(writer.writerow(header))
    rest = iter(lines)
    while chunk := list(islice(rest, ROWS_PER_CHUNK)):
        yield "".join(str(writer.writerow([safe(value) for value in line])) for line in chunk)
