"""Pages beside clients that never finish a request: `python -m benchmarks.slow_bodies`.

Opens connections that send half a head, half a body, or a byte a second, measures pages without
and with them in turns, in both forms of the portal, and exits with 1 when pages keep less than the
bar of their speed, `/healthz` takes longer than a second, or a connection outlives its time.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from typing import Final

from benchmarks import portal, traffic
from onboarding.web.bodies import GRACE_SECONDS

READERS: Final = 8
BAR: Final = 0.8
HEALTH_SECONDS: Final = 1.0
LONGEST_SECONDS: Final = GRACE_SECONDS + 5
ROW: Final = "{:<11}{:>9}{:>9}{:>9}{:>7}{:>6}{:>8}{:>9}"
# With what a form needs, so that a portal that reads bodies in threads would wait for it.
HEAD: Final = (
    "POST /start/find/ HTTP/1.1\r\nHost: localhost:{port}\r\n"
    f"Cookie: csrf={traffic.TOKEN}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
)
BEGINNINGS: Final = (
    HEAD,
    f"{HEAD}Content-Length: 1000\r\n\r\nemail=",
    f"{HEAD}Content-Length: 10000000\r\n\r\n{'x' * 1000}",
    "",
)


@dataclass
class Slow:
    """What became of the slow connections: how long each was left open (seconds)."""

    lasted: list[float] = field(default_factory=list)


def slow(port: int, connections: int, seconds: float) -> Slow:
    """Open connections, again and again, that never send a whole request."""
    return asyncio.run(_slow(port, connections, seconds))


async def _slow(port: int, connections: int, seconds: float) -> Slow:
    found, until = Slow(), time.monotonic() + seconds
    await asyncio.gather(*(_one(port, number, until, found) for number in range(connections)))
    return found


async def _one(port: int, number: int, until: float, found: Slow) -> None:
    drips = number % 2 == 0
    while time.monotonic() < until:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        began = time.monotonic()
        writer.write(BEGINNINGS[number // 2 % len(BEGINNINGS)].format(port=port).encode())
        try:
            while time.monotonic() < until:
                try:
                    if not await asyncio.wait_for(reader.read(4096), 1.0):
                        break
                except TimeoutError:
                    if drips:
                        writer.write(b"a")
        except OSError:
            pass
        found.lasted.append(time.monotonic() - began)
        writer.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mode", choices=portal.MODES, action="append")
    parser.add_argument("--seconds", type=float, default=5.0, help="for each measurement")
    parser.add_argument("--rounds", type=int, default=3, help="in turns, alone and beside")
    parser.add_argument("--connections", type=int, default=500)
    options = parser.parse_args()
    head = ("form", "slow", "alone/s", "beside/s", "share", "bar", "health", "longest")
    sys.stdout.write(ROW.format(*head) + "\n")
    holds = []
    for mode in options.mode or portal.MODES:
        with portal.running(mode) as port, traffic.workers(3) as pool:
            pool.submit(traffic.pages, port, READERS, 3.0).result()  # warm
            holds.append(_measure(mode, port, pool, options))
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    sys.stdout.write(f"{os.cpu_count()} cores, load {load}\n")
    sys.exit(0 if all(holds) else 1)


def _measure(mode: str, port: int, pool: ProcessPoolExecutor, options: argparse.Namespace) -> bool:
    seconds: float = options.seconds
    alone, beside, health, lasted = [], [], [], [0.0]
    for number in range(options.rounds):
        alone.append(pool.submit(traffic.pages, port, READERS, seconds).result().per_second)
        last = number == options.rounds - 1
        # The last time long enough to see each of them ended.
        attack = pool.submit(
            slow, port, options.connections, seconds + 2 + (LONGEST_SECONDS if last else 0)
        )
        time.sleep(2)
        asked = pool.submit(traffic.health, port, seconds)
        beside.append(pool.submit(traffic.pages, port, READERS, seconds).result().per_second)
        health.append(asked.result().slowest)
        lasted += attack.result().lasted
    before, with_slow = statistics.median(alone), statistics.median(beside)
    share, slowest, longest = with_slow / before, max(health), max(lasted)
    good = share >= BAR and slowest <= HEALTH_SECONDS and longest <= LONGEST_SECONDS
    line = ROW.format(
        *(mode, options.connections, f"{before:.0f}", f"{with_slow:.0f}", f"{share:.2f}"),
        *(f"{BAR:.1f}", f"{slowest:.2f}s", f"{longest:.1f}s"),
    )
    sys.stdout.write(f"{line}{'' if good else '  BELOW'}\n")
    sys.stdout.flush()
    return good


if __name__ == "__main__":
    main()
