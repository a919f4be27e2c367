"""A file of purchases that looks real: for the demonstration, and to measure imports.

    python -m tests.licensing.sample_purchases 1000 > purchases.csv

The same numbers give the same file. Nobody in it exists: domains end with `.example`.
"""

from __future__ import annotations

import csv
import random
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from typing import IO, Final

from licensing.purchases.rules.purchase_rows import COLUMNS

_FIRST: Final = ("Alder", "Birch", "Cobalt", "Dover", "Ember", "Falcon", "Garnet", "Harbor", "Keel")
_SECOND: Final = (
    "Logistics",
    "Dental",
    "Foods",
    "Textiles",
    "Robotics",
    "Energy",
    "Press",
    "Optics",
)
_LEGAL: Final = ("GmbH", "Ltd", "Inc", "AG", "SpA", "Oy", "S.A.", "BV")
_PLACES: Final = ("Graz", "Porto", "Turku", "Lyon", "Leeds", "Gdańsk", "Bergen", "Zürich", "Málaga")
_PEOPLE: Final = ("anna", "ben", "carla", "david", "elif", "farid", "greta", "hugo", "ines", "liam")
_MAILBOXES: Final = ("it", "licenses", "office", "purchasing")


def write(file: IO[str], *, lines: int, today: date, seed: int = 1) -> None:
    """A header and `lines` purchases; about a third of the companies buy more than once."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows(lines, today=today, seed=seed))


def rows(lines: int, *, today: date, seed: int = 1) -> Iterator[list[str]]:
    dice = random.Random(seed)
    companies = [_company(dice, number) for number in range(max(1, lines * 2 // 3))]
    for number in range(lines):
        first_time = number < len(companies)
        company, email = companies[number] if first_time else dice.choice(companies)
        yield [
            f"SO-{today.year}-{number + 1:06d}",
            dice.choices(("online", "sales", "reseller"), (45, 25, 30))[0],
            company,
            email,
            dice.choices(("ras", "desktop-business", "access-business"), (90, 7, 3))[0],
            *_what(dice, today),
        ]


def _company(dice: random.Random, number: int) -> tuple[str, str]:
    first, second = dice.choice(_FIRST), dice.choice(_SECOND)
    name = dice.choice(
        (
            f"{first} {second} {dice.choice(_LEGAL)}",
            f"{first} {dice.choice(_PLACES)} {dice.choice(_LEGAL)}",
            f"{first} & {dice.choice(_FIRST)} {second}",
            f"{first} {second}, {dice.choice(_PLACES)}",
        )
    )
    domain = f"{first}-{second}{number}.example".lower()
    return name, f"{dice.choice((*_PEOPLE, *_MAILBOXES))}@{domain}"


def _what(dice: random.Random, today: date) -> list[str]:
    """From `kind` to `key`."""
    seats = str(dice.choice((10, 15, 25, 50, 75, 100, 150, 250, 500, 1000)))
    if dice.random() < 0.7:
        starts_on = today - timedelta(days=dice.randrange(400))
        ends_on = starts_on + timedelta(days=365 * dice.choice((1, 1, 1, 2, 3)) - 1)
        return ["subscription", seats, starts_on.isoformat(), ends_on.isoformat(), "", "", ""]
    starts_on = today - timedelta(days=dice.randrange(400, 3000))
    insured = today + timedelta(days=dice.randrange(-400, 400))
    insured_until = max(insured, starts_on).isoformat() if dice.random() < 0.6 else ""
    version = str(dice.choice((16, 17, 18, 19, 20)))
    key = f"{dice.getrandbits(64):016X}"  # of the old kind: sixteen hexadecimal digits
    return ["permanent", seats, starts_on.isoformat(), "", insured_until, version, key]


if __name__ == "__main__":
    write(sys.stdout, lines=int(sys.argv[1]), today=date.fromisoformat("2026-11-24"))
