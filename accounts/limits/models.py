from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db import connection, models

# One atomic statement counts all keys, whatever the number of processes; both databases know it.
_COUNT_UP: Final = """
INSERT INTO accounts_tally (key, count, ends_at) VALUES {rows}
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN accounts_tally.ends_at <= %s THEN 1 ELSE accounts_tally.count + 1 END,
    ends_at = CASE WHEN accounts_tally.ends_at <= %s THEN excluded.ends_at
                   ELSE accounts_tally.ends_at END
RETURNING key, count
"""


class RateCounterManager(models.Manager["RateCounter"]):
    def increment(self, spans: Mapping[str, timedelta], *, now: datetime) -> dict[str, int]:
        """Count one more for each key, and give the counts.

        A key's count starts anew when its span since the first one has passed.
        """
        to_db = connection.ops.adapt_datetimefield_value
        rows = [(key, 1, to_db(now + spans[key])) for key in sorted(spans)]
        statement = _COUNT_UP.format(rows=", ".join(["(%s, %s, %s)"] * len(rows)))
        with connection.cursor() as cursor:
            cursor.execute(statement, [*(v for row in rows for v in row), to_db(now), to_db(now)])
            return dict(cursor.fetchall())

    def decrement(self, keys: Collection[str]) -> None:
        """Uncount one for each key."""
        self.filter(key__in=keys, count__gt=0).update(count=models.F("count") - 1)


class RateCounter(models.Model):
    """How often something was tried since the first time in its span; kept while it matters."""

    key = models.CharField(max_length=100, primary_key=True)
    count = models.PositiveIntegerField()
    ends_at = models.DateTimeField(db_index=True)

    objects = RateCounterManager()

    class Meta:
        db_table = "accounts_tally"  # its name before this release; nothing moves

    def __str__(self) -> str:
        return self.key
