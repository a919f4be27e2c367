"""The layout of a license's timeline: term, grace, upgrade insurance and today.

Pure geometry: horizontal positions are percentages, to fit any screen; heights are in pixels, so
that text keeps its size.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from licensing.licenses.rules import entitlement
from licensing.licenses.rules.entitlement import Terms
from licensing.protocol.date_text import in_words

TOP: Final = 26  # px, space for the label at today's mark
LANE: Final = 22  # px from one bar to the next
FOOT: Final = 24  # px, space for the dates
MAX_TICKS: Final = 4
EDGE_PERCENT: Final = 8  # percent; nearer to the edge, a centered label would be cut off
_STEPS: Final = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600)  # months between two dates on the axis
_SHORT: Final = 120  # days; terms up to this length have a mark each week
_THINNEST: Final = 0.5  # percent; so that a single day stays visible
_AHEAD: Final = timedelta(days=180)  # the least that is shown of a term without end
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Span:
    """A bar: `x` and `width` in percent, `y` in pixels; `words` describe its period."""

    kind: str
    label: str
    words: str
    x: float
    width: float
    y: int


@dataclass(frozen=True)
class AxisDate:
    """A position on the axis with a label that starts there, ends there or is centered."""

    x: float
    label: str

    @property
    def anchor(self) -> str:
        if self.x < EDGE_PERCENT:
            return "start"
        return "end" if self.x > 100 - EDGE_PERCENT else "middle"


@dataclass(frozen=True)
class Timeline:
    spans: list[Span]
    ticks: list[AxisDate]
    today: AxisDate
    where: str  # today's position in words, for screen readers

    @property
    def axis(self) -> int:
        """The axis's distance from the top, in pixels."""
        return max(span.y for span in self.spans) + LANE

    @property
    def height(self) -> int:
        return self.axis + FOOT


@dataclass(frozen=True)
class _Scale:
    first: date
    last: date

    def x(self, day: date) -> float:
        """The position where `day` begins, clamped to the drawing."""
        part = (day - self.first) / (self.last - self.first)
        return round(100 * min(max(part, 0), 1), 2)


def draw(terms: Terms, today: date) -> Timeline:
    """The timeline of a license as of `today`."""
    scale = _scale(terms, today)
    return Timeline(
        spans=list(_spans(terms, scale)),
        ticks=_ticks(scale),
        today=AxisDate(scale.x(today), _("Today")),
        where=_where(terms, today),
    )


def _scale(terms: Terms, today: date) -> _Scale:
    """From the start to the last end, including today, with a margin on both sides."""
    first = min(terms.starts_on, today)
    ends = [entitlement.last_day(terms), terms.upgrade_insurance_until, today, terms.starts_on]
    last = max(day for day in ends if day) + _DAY
    if terms.ends_on is None:
        last += max((last - first) / 6, _AHEAD)
        return _Scale(first - (last - first) / 25, last)
    air = max((last - first) / 25, _DAY)
    return _Scale(first - air, last + air)


def _spans(terms: Terms, scale: _Scale) -> list[Span]:
    end = terms.ends_on and terms.ends_on + _DAY
    spans = [_span("term", _("Term"), terms.starts_on, end, scale, lane=0)]
    last_day = entitlement.last_day(terms)
    if end and last_day and last_day >= end:
        spans.append(_span("grace", _("Grace"), end, last_day + _DAY, scale, lane=0))
    if insured := terms.upgrade_insurance_until:
        label = _("Upgrade insurance")
        spans.append(_span("insurance", label, terms.starts_on, insured + _DAY, scale, lane=1))
    return spans


def _span(
    kind: str, label: str, start: date, end: date | None, scale: _Scale, *, lane: int
) -> Span:
    """A bar from `start` up to, but not including, `end`; without an end, to the edge."""
    x = scale.x(start)
    right = scale.x(end) if end else 100.0
    days = {"from": in_words(start), "until": in_words(end - _DAY) if end else ""}
    words = _("%(from)s – %(until)s") if end else _("since %(from)s, no end date")
    width = max(round(right - x, 2), _THINNEST)
    return Span(kind, label, words % days, x, width, TOP + lane * LANE)


def _ticks(scale: _Scale) -> list[AxisDate]:
    """At most four evenly spaced dates, whose labels fit on a phone."""
    for style, days in _dates(scale):
        marks = [AxisDate(scale.x(day), date_format(day, style)) for day in days]
        shown = [mark for mark in marks if mark.anchor == "middle"]
        if len(shown) <= MAX_TICKS:
            return shown
    return []


def _dates(scale: _Scale) -> Iterator[tuple[str, list[date]]]:
    """Candidate dates with their format, ever sparser: Mondays for short terms, firsts of months,
    years."""
    span = (scale.last - scale.first).days
    if span <= _SHORT:
        mondays = range(scale.first.toordinal() // 7 * 7 + 8, scale.last.toordinal(), 7)
        for weeks in (1, 2, 4):
            yield "M j", [date.fromordinal(day) for day in mondays if day // 7 % weeks == 0]
    first = scale.first.year * 12 + scale.first.month  # the month after the first one shown
    last = scale.last.year * 12 + scale.last.month - 1
    for step in _STEPS:
        months = range(-(-first // step) * step, last + 1, step)
        style = "Y" if step >= 12 else "M Y"
        yield style, [date(month // 12, month % 12 + 1, 1) for month in months]


def _where(terms: Terms, today: date) -> str:
    last_day = entitlement.last_day(terms)
    if today < terms.starts_on:
        sentence = _("Today, %(today)s, is before the term.")
    elif terms.ends_on is None or today <= terms.ends_on:
        sentence = _("Today, %(today)s, is in the term.")
    elif last_day and today <= last_day:
        sentence = _("Today, %(today)s, is in the grace period.")
    else:
        sentence = _("Today, %(today)s, is after the end.")
    return sentence % {"today": in_words(today)}
