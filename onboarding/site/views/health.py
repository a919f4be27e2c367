from __future__ import annotations

from collections.abc import Callable
from typing import Final

import structlog
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.outbox import worker_signals

log = structlog.get_logger(__name__)


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """The process is alive; nothing else is asked."""
    return JsonResponse({"status": "ok"})


@login_not_required
@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Ready to serve: 503 without the database or a migration, which every page needs.

    The broker is reported and is no reason to take a process out: what it would have told workers
    stands in the database, and all processes would go at once.
    """
    parts = {name: _try(check) for name, check in _CHECKS.items()}
    ready = all(parts[name] for name in _NEEDED)
    body = {name: "ok" if good else "failed" for name, good in parts.items()}
    return JsonResponse(
        {"status": "ok" if ready else "failed", **body}, status=200 if ready else 503
    )


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return True


def _migrations() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


_CHECKS = {
    "database": _database,
    "migrations": _migrations,
    "broker": worker_signals.broker_answers,
}
_NEEDED: Final = ("database", "migrations")


def _try(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except Exception as error:  # any failure means "not ready"
        log.warning("not_ready", check=check.__name__, error=type(error).__name__)
        return False
