"""What is stored, row by row, for tests that hold before against after."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Model

Rows = dict[tuple[str, Any], dict[str, Any]]


def rows_of(models: Iterable[type[Model]]) -> Rows:
    """Every row of these tables, by its table and key."""
    found: Rows = {}
    for model in models:
        known: Any = model
        key = known._meta.pk.attname
        found |= {(known.__name__, row[key]): row for row in known.objects.values()}
    return found
