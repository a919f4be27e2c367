"""Real transactions in real threads, started at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.db import connection

Call = Callable[[], object]


def run_concurrently(*calls: Call) -> list[object]:
    """What each call returned or raised, in the order given; all of them start at once."""
    # The pool opens connections one after the other, which takes its time on a busy machine.
    barrier = threading.Barrier(len(calls), timeout=60)
    outcomes: list[object] = [None] * len(calls)

    def run(place: int, call: Call) -> None:
        try:
            connection.ensure_connection()
            barrier.wait()
            outcomes[place] = call()
        except Exception as error:
            outcomes[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(90)
    assert not any(thread.is_alive() for thread in threads), "a call hangs"
    return outcomes


def refusals(outcomes: list[object]) -> list[Exception]:
    return [outcome for outcome in outcomes if isinstance(outcome, Exception)]
