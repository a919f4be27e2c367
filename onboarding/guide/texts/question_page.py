"""What a question looks like on its page."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    meaning: str


@dataclass(frozen=True, slots=True)
class QuestionPage:
    """One question on a page: heading, one sentence on why it matters, and its answers."""

    heading: str
    why: str
    told: str
    """The short name of the answer under “What you told us”."""
    options: tuple[Option, ...] = ()
