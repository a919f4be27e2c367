"""What a list takes from its address: words to search for, and the row that a page starts after.

Pages go by key, so page 1000 costs what page 1 costs.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from django.db import connection, models
from django.http import QueryDict

Row = TypeVar("Row", bound=models.Model)
QuerySetT = TypeVar("QuerySetT", bound=models.QuerySet[Any])
PER_PAGE: Final = 25
# Nobody reads a larger number than that as more than "many": past it, lists say 1,000+.
MAX_COUNTED: Final = 1000
# Words of one or two characters, for which no index helps, are looked for among so many rows.
MAX_LOOKED_THROUGH: Final = 10_000
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


def bounded(rows: QuerySetT, among: models.QuerySet[Row], words: str) -> QuerySetT:
    """Those of `rows` that are in the first ten thousand of `among`, if `words` are that short."""
    if len(words) not in (1, 2):
        return rows
    return rows.filter(pk__in=among.values("pk")[:MAX_LOOKED_THROUGH])


def read_key(text: str) -> uuid.UUID | None:
    """The key of a row in a query, or None for anything else."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def before(**columns: object) -> models.Func:
    """Rows whose `columns`, taken together, sort before these values: one range of an index."""
    return _compared(" < ", columns)


def behind(**columns: object) -> models.Func:
    """The same of rows that sort behind them."""
    return _compared(" > ", columns)


def _compared(sign: str, columns: dict[str, object]) -> models.Func:
    mine = models.Func(*map(models.F, columns), template=_ROW, output_field=models.TextField())
    theirs = models.Func(
        *map(models.Value, columns.values()), template=_ROW, output_field=models.TextField()
    )
    return models.Func(
        mine,
        theirs,
        template="%(expressions)s",
        arg_joiner=sign,
        output_field=models.BooleanField(),
    )


class CountUpTo(models.Subquery):
    """How many rows there are, as a part of another statement: no more than `most` are read.

    Order the rows as an index does: else the database may read a table from its beginning.
    """

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = models.IntegerField()

    def __init__(self, rows: models.QuerySet[Any], most: int) -> None:
        super().__init__(rows.values("pk")[:most])


def count(rows: models.QuerySet[Any]) -> int:
    """How many rows there are, in the order of an index; one more than MAX_COUNTED stands for all
    above."""
    return rows[: MAX_COUNTED + 1].count()


def counted(number: int) -> str:
    """A number of `count` as pages say it: exact, or "1,000+"."""
    return f"{MAX_COUNTED:,}+" if number > MAX_COUNTED else f"{number:,}"


def any_of(parts: Iterable[models.QuerySet[Row]]) -> models.QuerySet[Any]:
    """Keys of the rows that any of `parts` has, each of which may be bounded by itself."""
    rows: list[models.QuerySet[Any, Any]] = [part.values("pk") for part in parts]
    if not connection.features.supports_parentheses_in_compound:
        # SQLite knows no bounds in the parts of a union: there they stand within.
        rows = [models.QuerySet(each.model).filter(pk__in=each).values("pk") for each in rows]
    first, *others = rows
    return first.union(*others, all=True)
