"""The guide's rule over every combination of facts (SPEC 2.1)."""

from collections.abc import Callable, Iterable
from itertools import product
from typing import Any

from onboarding.guide.rules.facts import (
    AccountHint,
    Activated,
    Company,
    EmailKnown,
    Facts,
    Invited,
    Login,
    Task,
    WhichInstance,
)
from onboarding.guide.rules.rule import row
from onboarding.guide.rules.versions import parse

ACME = Company(name="Acme Corp", url="/invitations/abc/")


# The conditions as the table of SPEC 2.1 words them, to be held against the code's own order.
def _is_later(facts: Facts) -> bool:
    is_upgrade = facts.task == "upgrade"
    if is_upgrade and facts.from_version is not None and facts.from_version.major >= 15:
        return True
    return facts.instance == "later" or (
        facts.instance == "unsure" and facts.activated == Activated.YES and not is_upgrade
    )


def _uninvited(facts: Facts) -> bool:
    return facts.invited in (None, "no", "unsure")


Condition = Callable[[Facts], bool]
FIRST_THAT_HOLDS: list[tuple[int, Condition]] = [
    (0, lambda f: f.task == "upgrade" and f.to_version is not None and f.to_version.major < 15),
    (1, lambda f: f.pending_invitation is not None),
    (13, lambda f: f.existing_membership is not None),
    (2, lambda f: _is_later(f) and f.login in (None, "works")),
    (3, lambda f: _is_later(f) and f.login == "forgot"),
    (4, lambda f: _is_later(f) and f.login == "lost"),
    (5, lambda f: f.login == "lost"),
    (6, lambda f: bool(f.signs) and f.invited == "me"),
    (7, lambda f: bool(f.signs) and f.invited == "colleague"),
    (8, lambda f: bool(f.signs) and _uninvited(f) and f.email_known == "yes"),
    (9, lambda f: bool(f.signs) and _uninvited(f)),
    (10, lambda f: f.task == "upgrade" and f.email_known == "yes"),
    (11, lambda f: f.task == "upgrade"),
    (12, lambda f: True),
]


NAMES = (
    "task",
    "from_version",
    "to_version",
    "instance",
    "activated",
    "login",
    "signs",
    "invited",
    "email_known",
)


def test_every_combination_of_facts_takes_the_first_row_that_holds() -> None:
    combinations: Iterable[Any] = product(
        (None, *Task),
        (None, parse("14.9"), parse("15")),
        (None, parse("14"), parse("15"), parse("21.0.1")),
        (None, *WhichInstance),
        (None, *Activated),
        (None, *Login),
        (
            None,
            frozenset[AccountHint](),
            *(frozenset({sign}) for sign in AccountHint),
            frozenset(AccountHint),
        ),
        (None, *Invited),
        (None, *EmailKnown),
        ((None, None), (ACME, None), (None, ACME), (ACME, ACME)),
    )
    wrong = []
    for *given, (pending, existing) in combinations:
        facts = Facts(
            **dict(zip(NAMES, given, strict=True)),
            pending_invitation=pending,
            existing_membership=existing,
        )
        expected = next(number for number, holds in FIRST_THAT_HOLDS if holds(facts))
        if row(facts) != expected:
            wrong.append((facts, expected))

    assert not wrong[:3]
