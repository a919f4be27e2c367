"""Pages beside clients that hammer with wrong passwords: `python -m benchmarks.flood`.

Measures pages without and with the flood in turns, in both forms of the portal, and exits with 1
when they keep less than the bar of their speed, or `/healthz` takes longer than a second.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Final

from benchmarks import portal, traffic

READERS: Final = 8
BARS: Final = {8: 0.4, 64: 0.3}
NETWORKS: Final = {"one": 1, "many": 100_000}
HEALTH_SECONDS: Final = 1.0
ROW: Final = "{:<11}{:>8}{:>9}{:>9}{:>9}{:>7}{:>6}{:>11}{:>8}{:>8}"


@dataclass
class Result:
    """One line of the table."""

    mode: str
    clients: int
    networks: str
    alone: float
    beside: float
    busy: float
    checked: float
    health: float

    @property
    def share(self) -> float:
        return self.beside / self.alone

    @property
    def holds(self) -> bool:
        return self.share >= BARS[self.clients] and self.health <= HEALTH_SECONDS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mode", choices=portal.MODES, action="append")
    parser.add_argument("--seconds", type=float, default=4.0, help="for each measurement")
    parser.add_argument("--rounds", type=int, default=3, help="in turns, alone and beside")
    options = parser.parse_args()
    head = ("form", "clients", "networks", "alone/s", "beside/s", "share", "bar", "checked/s")
    sys.stdout.write(ROW.format(*head, "busy/s", "health") + "\n")
    results = []
    for mode in options.mode or portal.MODES:
        with portal.running(mode) as port, traffic.workers(3) as pool:
            pool.submit(traffic.pages, port, READERS, 3.0).result()  # warm
            for networks in NETWORKS:
                for clients in BARS:
                    result = _measure(mode, port, pool, clients, networks, options)
                    results.append(result)
                    _print(result)
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    sys.stdout.write(f"{os.cpu_count()} cores, load {load}\n")
    sys.exit(0 if all(result.holds for result in results) else 1)


def _measure(
    mode: str,
    port: int,
    pool: ProcessPoolExecutor,
    clients: int,
    networks: str,
    options: argparse.Namespace,
) -> Result:
    seconds: float = options.seconds
    alone, beside, busy, checked, health = [], [], [], [], []
    for _ in range(options.rounds):
        alone.append(pool.submit(traffic.pages, port, READERS, seconds).result().per_second)
        flood = pool.submit(
            traffic.sign_ins, port, clients, seconds + 1, networks=NETWORKS[networks]
        )
        asked = pool.submit(traffic.health, port, seconds)
        beside.append(pool.submit(traffic.pages, port, READERS, seconds).result().per_second)
        health.append(asked.result().slowest)
        answered = flood.result()
        busy.append(answered.statuses[503] / answered.span)
        checked.append((answered.statuses.total() - answered.statuses[503]) / answered.span)
    return Result(
        *(mode, clients, networks),
        alone=statistics.median(alone),
        beside=statistics.median(beside),
        busy=statistics.median(busy),
        checked=statistics.median(checked),
        health=max(health),
    )


def _print(result: Result) -> None:
    line = ROW.format(
        *(result.mode, result.clients, result.networks),
        *(f"{result.alone:.0f}", f"{result.beside:.0f}", f"{result.share:.2f}"),
        *(f"{BARS[result.clients]:.1f}", f"{result.checked:.1f}", f"{result.busy:.0f}"),
        f"{result.health:.2f}s",
    )
    sys.stdout.write(f"{line}{'' if result.holds else '  BELOW'}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
