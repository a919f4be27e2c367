"""The geometry of the usage chart: values in, positions out. No query, no clock, no markup.

Positions are percentages of the plot, as text, so that one drawing fits any screen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

DAYS: Final = 90
# Possible ends of the scale: even numbers, so that its middle is a whole number, too.
_STEPS: Final = (10, 12, 14, 16, 20, 24, 30, 40, 50, 60, 80, 100)
_SMALLEST: Final = 4
_FILLED: Final = 0.72  # of a day's width
_HEADROOM: Final = 1.04  # so that neither the seat line nor a bar touches the top


@dataclass(frozen=True)
class Bar:
    """One reported day."""

    day: date
    peak: int
    is_over: bool
    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True)
class AxisLabel:
    """A label on an axis (a value, or the first day of a month) and its position."""

    at: str
    value: int | date


@dataclass(frozen=True)
class Chart:
    """Daily peaks up to `last`, compared with the seats."""

    first: date
    last: date
    bars: list[Bar]
    scale: list[AxisLabel]
    months: list[AxisLabel]
    seats: AxisLabel | None

    @property
    def highest(self) -> Bar:
        """The highest bar; the latest one if several are equal."""
        return max(self.bars, key=lambda bar: (bar.peak, bar.day))

    @property
    def days_over(self) -> int:
        return sum(bar.is_over for bar in self.bars)


def draw(usage: Mapping[date, int], *, seats: int | None, last: date) -> Chart:
    """The chart of the 90 days that end with `last`; days without a report stay empty."""
    first = last - timedelta(days=DAYS - 1)
    shown = {day: peak for day, peak in sorted(usage.items()) if first <= day <= last}
    top = _top(max([*shown.values(), seats or 0, 1]))
    return Chart(
        first=first,
        last=last,
        bars=[_bar(day, peak, first, top, seats) for day, peak in shown.items()],
        scale=[AxisLabel(_percent(1 - value / top), value) for value in (top, top // 2, 0)],
        months=list(_months(first, last)),
        seats=None if seats is None else AxisLabel(_percent(1 - seats / top), seats),
    )


def _top(highest: int) -> int:
    """The end of the scale: the first round number above `highest`."""
    wanted = highest * _HEADROOM
    unit = 1
    while True:
        for step in _STEPS:
            if step * unit // 10 >= max(wanted, _SMALLEST) and step * unit // 10 % 2 == 0:
                return step * unit // 10
        unit *= 10


def _bar(day: date, peak: int, first: date, top: int, seats: int | None) -> Bar:
    room = 1 / DAYS
    height = peak / top
    return Bar(
        day=day,
        peak=peak,
        is_over=seats is not None and peak > seats,
        x=_percent((day - first).days * room + room * (1 - _FILLED) / 2),
        y=_percent(1 - height),
        width=_percent(room * _FILLED),
        height=_percent(height),
    )


def _months(first: date, last: date) -> Iterator[AxisLabel]:
    """The first days of months, except one so near to the right edge that it would be cut off."""
    for offset in range(DAYS - 6):
        day = first + timedelta(days=offset)
        if day.day == 1:
            yield AxisLabel(_percent(offset / DAYS), day)


def _percent(share: float) -> str:
    """A share of the plot as SVG wants it, whatever the reader's language."""
    return f"{share * 100:.2f}%"
