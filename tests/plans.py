"""What a statement reads on PostgreSQL, by the plan that it ran with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction


def looked_at(sql: str) -> tuple[int, int]:
    """The rows that a statement looks at, taken or not, and the blocks of 8 KB that it reads.

    It is run for that, and undone. What other tests rolled back counts as blocks, never as rows.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}")
        plan = cursor.fetchone()[0][0]["Plan"]
        transaction.set_rollback(True)
    rows = sum(
        node["Actual Loops"]
        * (
            node["Actual Rows"]
            + node.get("Rows Removed by Filter", 0)
            + node.get("Rows Removed by Index Recheck", 0)
        )
        for node in _nodes(plan)
        if node["Node Type"].endswith("Scan")
    )
    return rows, plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for each in plan.get("Plans", ()):
        yield from _nodes(each)
