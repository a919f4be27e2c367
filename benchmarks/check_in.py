"""Check-ins beside a plain ORM view that stores as much: `python -m benchmarks.check_in URL`.

URL is a database that `benchmarks.fill` has filled; it is written to. Both run in this process,
through WSGI handler and middleware, in rounds that take turns, so that what else the machine does
meets both. Each round is the next day of the same instances, with other peaks; request logs are
off. Printed: median times, their ratio, statements, and bytes of write-ahead log for each; of these
the least of some, since whatever else writes on the server is logged with it.
"""

from __future__ import annotations

import argparse
import io
import json
import logging
import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Final

ROUNDS: Final = 15
EACH: Final = 60  # requests in a round
Ask = Callable[[int, date], None]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database_url")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    arguments = parser.parse_args()
    os.environ |= {"DATABASE_URL": arguments.database_url, "PORTAL_ORIGIN": "http://localhost:8000"}
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onboarding.settings")
    import django

    django.setup()
    logging.disable(logging.CRITICAL)
    _run(arguments.rounds)


def _run(rounds: int) -> None:
    from benchmarks import plain_check_in

    plain_check_in.make_table()
    first = _first_of_large(3)
    asks: dict[str, tuple[Ask, range]] = {
        "plain ORM view": (_plain(), range(1, 1 + EACH)),
        "key of one or two": (_portal(), range(1, 1 + EACH)),
        "key of 100,000": (_portal(), range(first, first + EACH)),
    }
    times: dict[str, list[float]] = {name: [] for name in asks}
    day = date.today() - timedelta(days=rounds + 4)  # noqa: DTZ011 (a day to report)
    for number in range(rounds + 2):
        day += timedelta(days=1)
        for name, (ask, ids) in asks.items():
            started = time.perf_counter()
            for instance in ids:
                ask(instance, day)
            spent = (time.perf_counter() - started) / EACH * 1000
            if number > 1:  # the first rounds warm up
                times[name].append(spent)
    plain = times["plain ORM view"]
    sys.stdout.write(f"{'':20}{'ms':>8}{'times as fast':>16}{'statements':>12}{'WAL bytes':>11}\n")
    for name, (ask, ids) in asks.items():
        ratio = statistics.median(a / b for a, b in zip(plain, times[name], strict=True))
        sys.stdout.write(
            f"{name:20}{statistics.median(times[name]):>8.2f}{ratio:>16.2f}"
            f"{_statements(ask, ids[0], day + timedelta(days=1)):>12}"
            f"{min(_logged(ask, each, day + timedelta(days=1)) for each in ids[1:]):>11}\n"
        )


def _portal() -> Ask:
    from django.conf import settings

    from onboarding.site.handler import Handler

    handler = Handler()
    host = settings.PORTAL_ORIGIN.partition("//")[2]

    def ask(instance: int, day: date) -> None:
        body = {"version": "21.0", "usage": [_day(instance, day)]}
        _post(handler, "/api/v1/instance/check-ins", _token(instance), body, host)

    return ask


def _plain() -> Ask:
    from benchmarks import plain_check_in

    handler = plain_check_in.handler()

    def ask(instance: int, day: date) -> None:
        body = {"version": "21.0", **_day(instance, day)}
        _post(handler, "/check-in", _token(instance), body, "localhost")

    return ask


def _day(instance: int, day: date) -> dict[str, Any]:
    return {"date": day.isoformat(), "peak_users": 1 + (instance + day.toordinal()) % 20}


def _post(handler: Any, path: str, token: str, body: dict[str, Any], host: str) -> None:
    sent = json.dumps(body).encode()
    answer = handler(
        {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": path,
            "SERVER_NAME": host.partition(":")[0],
            "SERVER_PORT": "8000",
            "HTTP_HOST": host,
            "REMOTE_ADDR": "127.0.0.1",
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(sent)),
            "HTTP_AUTHORIZATION": f"Bearer {token}",
            "wsgi.input": io.BytesIO(sent),
            "wsgi.errors": sys.stderr,
            "wsgi.url_scheme": "http",
        },
        lambda status, headers: None,
    )
    content = b"".join(answer)
    answer.close()
    assert answer.status_code == 200, content


def _token(instance: int) -> str:
    """As long as real ones; `prepare` gives it to the instance."""
    return f"rasi_{instance:043d}"


def _first_of_large(place: int) -> int:
    from licensing.licenses.models import Instance

    rows = Instance.objects.filter(account__slug=f"large-{place}").order_by("pk")
    return rows.values_list("pk", flat=True)[0]


def _logged(ask: Ask, instance: int, day: date) -> int:
    before = _wal()
    ask(instance, day)
    return _wal() - before


def _wal() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_insert_lsn() - '0/0'")
        return int(cursor.fetchone()[0])


def _statements(ask: Ask, instance: int, day: date) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        ask(instance, day)
    return len(queries)


if __name__ == "__main__":
    main()
