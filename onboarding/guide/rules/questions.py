"""Which questions are asked, and in which order: only those the outcome depends on.

They come before any form that creates an account (SPEC A7).
"""

from collections.abc import Iterator
from enum import StrEnum

from onboarding.guide.rules.facts import Facts, Invited, Login, WhichInstance


class Question(StrEnum):
    TASK = "task"
    VERSIONS = "versions"
    INSTANCE = "instance"
    ACTIVATED = "activated"
    LOGIN = "login"
    SIGNS = "sign"
    INVITED = "invited"
    EMAIL_KNOWN = "email_known"

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its answers in the query (CONTRACT `/start/`)."""
        if self is Question.VERSIONS:
            return ("from_version", "to_version")
        return (self.value,)


def is_answered(question: Question, facts: Facts) -> bool:
    match question:
        case Question.VERSIONS:
            return facts.has_versions
        case Question.SIGNS:
            return facts.signs is not None
        case _:
            return getattr(facts, question.value) is not None


def path(facts: Facts) -> tuple[Question, ...]:
    """The questions of this journey in order: the answered ones, then the next, if any."""
    asked: list[Question] = []
    for question in _needed(facts):
        asked.append(question)
        if not is_answered(question, facts):
            break
    return tuple(asked)


def answered(facts: Facts) -> tuple[Question, ...]:
    """What the person told us and the outcome depends on, in the order of the journey."""
    return tuple(question for question in path(facts) if is_answered(question, facts))


def next_question(facts: Facts) -> Question | None:
    """The one question to ask now; None when the recommendation is settled."""
    for question in path(facts):
        if not is_answered(question, facts):
            return question
    return None


def _needed(facts: Facts) -> Iterator[Question]:
    """May be read only up to the first unanswered question: later ones depend on it."""
    if facts.task is None and _is_settled_without_task(facts):
        yield from _after_task(facts)
        return
    yield Question.TASK
    if facts.is_upgrade:
        yield Question.VERSIONS
        if facts.needs_no_account:
            return
    yield from _after_task(facts)


def _is_settled_without_task(facts: Facts) -> bool:
    """A proven mailbox, or the state of a login, decides whatever the task is (rows 1 to 5)."""
    if facts.pending_invitation is not None or facts.existing_membership is not None:
        return True
    if not facts.instance_is_settled:
        return False
    return facts.login is Login.LOST or (facts.is_later and facts.login is not None)


def _after_task(facts: Facts) -> Iterator[Question]:
    if facts.pending_invitation is not None or facts.existing_membership is not None:
        return
    if not facts.has_account_version:
        yield Question.INSTANCE
        if facts.instance is WhichInstance.UNSURE and not facts.is_upgrade:
            yield Question.ACTIVATED
    if facts.is_later:
        yield Question.LOGIN
    elif facts.login is Login.LOST:
        yield from _told_before_login_was_lost(facts)
    else:
        yield from _of_first_instance(facts)


def _told_before_login_was_lost(facts: Facts) -> Iterator[Question]:
    """Nothing more is needed (row 5); what was told on the way stays, so that Back finds it."""
    before = (Question.SIGNS, Question.INVITED, Question.EMAIL_KNOWN)
    yield from (question for question in before if is_answered(question, facts))
    yield Question.LOGIN


def _of_first_instance(facts: Facts) -> Iterator[Question]:
    yield Question.SIGNS
    if facts.signs:
        yield Question.INVITED
        if facts.invited in (Invited.ME, Invited.COLLEAGUE):
            return
        yield Question.EMAIL_KNOWN
    elif facts.is_upgrade:
        yield Question.EMAIL_KNOWN
