"""What a list takes from its address: words to search for, and the row that a page starts after.

Pages go by key, so page 1000 costs what page 1 costs.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from django.db import models
from django.http import QueryDict

Row = TypeVar("Row", bound=models.Model)
PER_PAGE: Final = 25
_MAX_WORDS_LENGTH: Final = 100
_ROW: Final = "(%(expressions)s)"  # a row value: PostgreSQL and SQLite compare it as a whole


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows, and whether more follow."""

    rows: list[Row]
    has_more: bool

    @property
    def last(self) -> Row:
        return self.rows[-1]


def first_page(rows: models.QuerySet[Row], size: int = PER_PAGE) -> Page[Row]:
    found = list(rows[: size + 1])
    return Page(found[:size], len(found) > size)


def read_words(query: QueryDict) -> str:
    """What to search for, at most a hundred characters of it."""
    return query.get("q", "").strip()[:_MAX_WORDS_LENGTH]


def read_key(text: str) -> uuid.UUID | None:
    """The key of a row in a query, or None for anything else."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def before(**columns: object) -> models.Func:
    """Rows whose `columns`, taken together, sort before these values: one range of an index."""
    mine = models.Func(*map(models.F, columns), template=_ROW, output_field=models.TextField())
    theirs = models.Func(
        *map(models.Value, columns.values()), template=_ROW, output_field=models.TextField()
    )
    return models.Func(
        mine,
        theirs,
        template="%(expressions)s",
        arg_joiner=" < ",
        output_field=models.BooleanField(),
    )
