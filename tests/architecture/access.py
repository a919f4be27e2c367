"""The table of who gets which answer where: access.csv."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Final

from tests.architecture.routes import all_routes
from tests.architecture.two_companies import PERSONAS

METHODS: Final = ("GET", "HEAD", "OPTIONS", "POST")
TABLE: Final = Path(__file__).with_name("access.csv")

Answers = tuple[str, ...]
Knock = tuple[str, str, str]  # route, whose ids, persona


def read() -> dict[Knock, Answers]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {
            (line["route"], line["ids"], persona): tuple(line[method] for method in METHODS)
            for line in csv.DictReader(file)
            for persona in line["personas"].split()
        }


def write(answers: dict[Knock, Answers]) -> None:
    """One line for those who get the same answers."""
    groups: dict[tuple[str, str, Answers], list[str]] = {}
    for persona in PERSONAS:
        for (route, case, who), given in answers.items():
            if who == persona:
                groups.setdefault((route, case, given), []).append(persona)
    order = {route.text: place for place, route in enumerate(all_routes())}
    lines = sorted(groups.items(), key=lambda item: (order[item[0][0]], item[0][1]))
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["route", "ids", "personas", *METHODS])
        for (route, case, given), personas in lines:
            writer.writerow([route, case, " ".join(personas), *given])
