"""Structured logs: a JSON object a line (readable when embedded), each with the request id.

Paths, queries and bodies never get in: some of them carry tokens.
"""

from __future__ import annotations

import logging.config
import sys
from typing import Any

import structlog


def logging_config(*, level: str, pretty: bool) -> None:
    """Send all logging, ours and the libraries', through structlog to standard error."""
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    # Plain tracebacks: a prettier one would print the values of variables, secrets among them.
    renderer: list[structlog.types.Processor] = (
        [
            structlog.dev.ConsoleRenderer(
                colors=False, exception_formatter=structlog.dev.plain_traceback
            )
        ]
        if pretty
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    )
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": shared,
        "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
    }
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"line": formatter},
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
            "root": {"handlers": ["stderr"], "level": level},
            "loggers": _quiet(),
        }
    )


def _quiet() -> dict[str, dict[str, Any]]:
    """Loggers that would say paths (our middleware says routes instead), or too much."""
    return {
        "django.request": {"level": "CRITICAL"},
        "django.security": {"level": "CRITICAL"},
        "celery.app.trace": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
        # The filesystem transport has no host, and kombu says so at every start.
        "kombu.connection": {"level": "ERROR"},
    }


def note_exception(*, request: Any = None, **_: object) -> None:
    """Log what failed in a page, with its traceback and by its route (never its path).

    A database that can't be reached says where it was looked for, once a request and in one line.
    """
    match = getattr(request, "resolver_match", None)
    log = structlog.get_logger("portal.request")
    route = getattr(match, "route", "")
    error = sys.exc_info()[1]
    # What PostgreSQL itself answered has a code; what kept it from answering has none.
    if error is not None and getattr(error.__cause__, "sqlstate", "") is None:
        log.warning("database_away", route=route, error=str(error))
    else:
        log.exception("page_failed", route=route)
