"""What the acts of the demonstration share, and the order they are played in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from accounts.directory.models import BusinessAccount, Membership, User
from licensing.licenses.models import Instance, Key, License


@dataclass
class Stage:
    """The two companies, and by name what the acts have made so far."""

    acme: BusinessAccount
    globex: BusinessAccount
    alice: User
    charlie: User
    password: str
    people: dict[str, Membership] = field(default_factory=dict)
    licenses: dict[str, License] = field(default_factory=dict)
    keys: dict[str, Key] = field(default_factory=dict)
    instances: dict[str, Instance] = field(default_factory=dict)

    @property
    def bob(self) -> Membership:
        return self.people["bob@acme.example"]


@dataclass(frozen=True)
class Act:
    """Something that happened a while ago."""

    ago: timedelta
    play: Callable[[Stage, datetime], None]


def perform(acts: Iterable[Act], stage: Stage, now: datetime) -> None:
    """Play the acts, the earliest first: the audit log is read in the order it was written."""
    for act in sorted(acts, key=lambda act: act.ago, reverse=True):
        act.play(stage, now - act.ago)
