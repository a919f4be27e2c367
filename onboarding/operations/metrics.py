"""What Prometheus reads: loaded only where PORTAL_METRICS_TOKEN is set (docs/production.md).

Each web process counts in files of PROMETHEUS_MULTIPROC_DIR, and whichever is asked adds up those
of its host. What all processes share is asked of the database, in statements that stay small.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from accounts.outbox import worker_signals
from onboarding.operations import measurements

_BUCKETS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_KEPT_SECONDS: Final = 86_400
_REQUESTS: Final = Counter("portal_requests", "Answers, by route", ["method", "route", "status"])
_SECONDS: Final = Histogram(
    "portal_request_seconds", "How long answers took, by route", ["route"], buckets=_BUCKETS
)
_SECURITY: Final = Counter(
    "portal_security_events", "Lines of the security log; limits with their names", ["event", "of"]
)
_LIMIT: Final = "excess_rate_limit_exceeded"


def request_metrics(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Count every answer by its route: paths carry tokens, and there is no end of them."""
    _forget_ended_processes(Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]))
    _count_security_log()

    def middleware(request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        response = get_response(request)
        route = request.resolver_match.route if request.resolver_match else "none"
        method = request.method if request.method in ("GET", "HEAD", "POST") else "other"
        _REQUESTS.labels(method, route, str(response.status_code)).inc()
        _SECONDS.labels(route).observe(time.perf_counter() - started)
        return response

    return middleware


def exposition() -> bytes:
    """Everything, in Prometheus' text format."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    registry.register(_Shared())
    return generate_latest(registry)


class _Shared(Collector):
    def collect(self) -> Iterator[Metric]:
        yield _gauge(
            "portal_broker_silent",
            "1 while the process that answered has given the broker up for 30 seconds",
            float(worker_signals.is_silent()),
        )
        yield _gauge(
            "portal_hashes_waiting",
            "Passwords being checked or waiting for it on this machine, by lane",
            measurements.hash_gate_places(),
            "lane",
        )
        measured = measurements.of_database(now=timezone.now())
        yield _gauge("portal_database_up", "1 while the database answers", float(bool(measured)))
        if measured is None:
            return
        yield _gauge("portal_mail_waiting", "Mails in the queue", measured.waiting, "kind")
        yield _gauge(
            "portal_mail_oldest_seconds", "How long the oldest has waited", measured.ages, "kind"
        )
        yield _gauge(
            "portal_mail_last_hour",
            "What became of the mails of the last hour",
            measured.outcomes,
            "outcome",
        )
        if measured.schedule_ran_at is not None:
            yield _gauge(
                "portal_schedule_last_run_timestamp_seconds",
                "When the schedule last ran",
                measured.schedule_ran_at.timestamp(),
            )


def _gauge(name: str, says: str, value: float | dict[str, float], label: str = "") -> Metric:
    family = GaugeMetricFamily(name, says, labels=[label] if label else [])
    values = value if isinstance(value, dict) else {"": value}
    for of, each in values.items():
        family.add_metric([of] if label else [], each)
    return family


class _SecurityLogCounter(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        line: Any = record.msg
        if isinstance(line, dict):
            event = str(line.get("event", ""))
            of = str(line.get("reason", "")) if event == _LIMIT else ""
            _SECURITY.labels(event, of).inc()


def _count_security_log() -> None:
    logger = logging.getLogger("portal.security")
    if not any(isinstance(each, _SecurityLogCounter) for each in logger.handlers):
        logger.addHandler(_SecurityLogCounter())


def _forget_ended_processes(folder: Path) -> None:
    """Files that no process has written for a day; Prometheus takes it for a restart."""
    for path in folder.glob("*.db"):
        if time.time() - path.stat().st_mtime > _KEPT_SECONDS:
            path.unlink(missing_ok=True)


assert settings.PORTAL_METRICS_TOKEN, "nobody could read what is counted here"
