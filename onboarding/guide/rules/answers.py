"""The answers as they stand in the query of the address, and back again."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TypeVar

from django.utils.translation import gettext as _

from licensing.licenses.rules.releases import MAX_VERSION_LENGTH
from onboarding.guide.rules.facts import (
    AccountHint,
    Activated,
    EmailKnown,
    Facts,
    Invited,
    Login,
    Task,
    WhichInstance,
)
from onboarding.guide.rules.questions import Question, answered
from onboarding.guide.rules.versions import NotAVersion, Version, parse

NO_SIGN = "none"

Query = Mapping[str, Sequence[str]]
Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Answers:
    """Facts that the query tells, what stood in it, and what is wrong with it by field name."""

    facts: Facts
    typed: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


def read(query: Query, *, asked: Question | None = None) -> Answers:
    """The answers in `query`; `asked` is the question whose form was just sent."""
    reader = _Reader(query)
    facts = Facts(
        task=reader.choice("task", Task),
        instance=reader.choice("instance", WhichInstance),
        activated=reader.choice("activated", Activated),
        login=reader.choice("login", Login),
        signs=reader.signs(),
        invited=reader.choice("invited", Invited),
        email_known=reader.choice("email_known", EmailKnown),
    )
    if facts.is_upgrade:
        facts = reader.versions(facts)
    if asked is not None:
        reader.require(asked)
    return Answers(facts=facts, typed=reader.typed, errors=reader.errors)


class _Reader:
    """Reads one query, collecting what is wrong with it."""

    def __init__(self, query: Query) -> None:
        self.query = query
        self.typed: dict[str, str] = {}
        self.errors: dict[str, str] = {}

    def last(self, name: str) -> str:
        values = self.query.get(name) or [""]
        return values[-1]

    def choice(self, name: str, choices: type[Choice]) -> Choice | None:
        value = self.last(name)
        if not value:
            return None
        try:
            return choices(value)
        except ValueError:
            self.errors[name] = _("Choose one of these answers.")
            return None

    def signs(self) -> frozenset[AccountHint] | None:
        values = {value for value in self.query.get("sign") or () if value}
        if not values:
            return None
        if values == {NO_SIGN}:
            return frozenset()
        if NO_SIGN in values:
            self.errors["sign"] = _(
                "“None of these” can't go with another answer. Uncheck one or the other."
            )
            return None
        try:
            return frozenset(AccountHint(value) for value in values)
        except ValueError:
            self.errors["sign"] = _("Choose from these answers.")
            return None

    def versions(self, facts: Facts) -> Facts:
        current, target = self.version("from_version"), self.version("to_version")
        if current is not None and target is not None and target <= current:
            self.errors["to_version"] = _not_newer(current, target)
            target = None
        return replace(facts, from_version=current, to_version=target)

    def version(self, name: str) -> Version | None:
        text = self.last(name)
        if not text:
            return None
        # Kept for the field, cut so that a page never grows with what was sent.
        self.typed[name] = text.replace("\0", "")[:MAX_VERSION_LENGTH]
        try:
            return parse(text)
        except NotAVersion:
            self.errors[name] = _("Enter a version like 15, 19.3 or 21.0.1: digits and dots.")
            return None

    def require(self, question: Question) -> None:
        """A form sent without an answer says so at the field."""
        for name in question.names:
            if name in self.errors or any(self.query.get(name) or ()):
                continue
            if question is Question.VERSIONS:
                self.errors[name] = _("Enter the version.")
            elif question is Question.SIGNS:
                self.errors[name] = _("Check what applies, or “None of these”.")
            else:
                self.errors[name] = _("Choose an answer to continue.")


def _not_newer(current: Version, target: Version) -> str:
    if current == target:
        return _("That's the version you have. Enter the one you're upgrading to.")
    return _("%(target)s is older than %(current)s. Enter the version you're upgrading to.") % {
        "target": target,
        "current": current,
    }


def pairs(facts: Facts, *, only: Sequence[Question] | None = None) -> list[tuple[str, str]]:
    """The query that tells these facts, in the order of the journey and without the irrelevant."""
    questions = answered(facts) if only is None else only
    return [pair for question in questions for pair in _pairs_of(question, facts)]


def _pairs_of(question: Question, facts: Facts) -> Iterator[tuple[str, str]]:
    if question is Question.SIGNS:
        for sign in sorted(facts.signs or ()):
            yield "sign", sign.value
        if not facts.signs:
            yield "sign", NO_SIGN
        return
    for name in question.names:
        yield name, str(getattr(facts, name))
