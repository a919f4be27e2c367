"""Tokens, documents and files of an earlier activation never end a later one, in any order of acts.

A seeded random walk: each act that gives an instance something keeps it, and everything that was
ever kept is played again later.
"""

from __future__ import annotations

import random
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from django.test import Client

from accounts.directory.models import BusinessAccount, User
from accounts.errors import DomainError
from licensing.activation.actions import collecting, requests
from licensing.activation.models.choice import ApprovalChoice
from licensing.documents import documents
from licensing.fleet.actions import instances
from licensing.licenses.models import Activation, Instance, Key
from licensing.offline.actions import offline
from tests.licensing import license_factories, request_file_factories, seat_recount

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]
WALKS: Final = 6
ACTS: Final = 15
REPLAYED: Final = 3  # of the tokens and papers that were kept, after each act
FARM: Final = "7d8f5a52-3f0e-4f3c-9a55-0a4c7f6f2e10"


@dataclass
class Farm:
    """One installation of Acme, whatever it runs under. An `era` begins with each activation that
    isn't a move: what was given in it is good for it, and for no other."""

    acme: BusinessAccount
    alice: User
    keys: list[Key]
    now: datetime
    dice: random.Random
    era: int = 0
    tokens: list[tuple[str, int]] = field(default_factory=list)
    papers: list[tuple[str, int]] = field(default_factory=list)

    @property
    def live(self) -> Activation | None:
        live = Activation.objects.live().filter(installation=FARM)
        return live.select_related("instance").first()

    def key(self) -> ApprovalChoice:
        return ApprovalChoice(key=self.dice.choice(self.keys))

    def activate(self) -> None:
        code = f"rasd_{self.dice.random()}"
        asked = license_factories.request(now=self.now, device_code=code, instance_id=FARM)
        self._approve(asked)
        if self.dice.random() < 0.8:  # else its console never comes
            collected = collecting.poll(device_code=code, now=self.now)
            self.tokens.append((collected.token, self.era))
            self.papers.append((collected.document, self.era))

    def activate_by_file(self) -> None:
        file = request_file_factories.read(request_file_factories.content(instance_id=FARM))
        self._approve(offline.open_request(file=file, by=self.alice, now=self.now))
        self.keep_paper()

    def move(self) -> None:
        if live := self.live:
            key = self.dice.choice(self.keys)
            instances.move(instance=live.instance, key=key, by=self.alice, now=self.now)

    def refresh(self) -> None:
        if self.papers:
            self._file("refresh", self.papers[-1][0])
            self.keep_paper()

    def check_in(self) -> None:
        if self.tokens:
            body = {"version": "20.0", "usage": []}
            self._post("check-ins", self.tokens[-1][0], body)
            self.keep_paper()

    def deactivate(self) -> None:
        if live := self.live:
            instances.deactivate(instance=live.instance, by=self.alice, now=self.now)

    def be_replaced(self) -> None:
        if live := self.live:
            asked = license_factories.request(now=self.now, instance_name="Successor")
            choice = ApprovalChoice(key=live.key, replacing=live.instance)
            requests.approve(
                request=asked, account=self.acme, choice=choice, by=self.alice, now=self.now
            )

    def keep_paper(self) -> None:
        live = self.live
        if live and live.instance.document and live.collected_at:
            self.papers.append((live.instance.document, self.era))

    def replay_all(self) -> None:
        """What was given in earlier eras, again: nothing of it touches what runs now."""
        before = self.live
        for token in self._earlier(self.tokens):
            self._post("deactivate", token, None)
        for paper in self._earlier(self.papers):
            self._file("deactivate", paper)
        assert self.live == before, "an old proof ended what runs now"

    def _earlier(self, kept: list[tuple[str, int]]) -> list[str]:
        earlier = [each for each, era in kept if era != self.era]
        return self.dice.sample(earlier, min(REPLAYED, len(earlier)))

    def _approve(self, asked: Any) -> None:
        requests.approve(
            request=asked, account=self.acme, choice=self.key(), by=self.alice, now=self.now
        )
        self.era += 1

    def _post(self, path: str, token: str, body: object) -> None:
        Client().post(
            f"/api/v1/instance/{path}",
            body,
            content_type="application/json",
            headers={"authorization": f"Bearer {token}"},
        )

    def _file(self, mode: str, paper: str) -> None:
        content = request_file_factories.content(mode, instance_id=FARM, license=paper)
        with suppress(DomainError):
            offline.answer(file=request_file_factories.read(content), by=self.alice, now=self.now)


@pytest.fixture
def keys(acme: BusinessAccount, now: datetime) -> list[Key]:
    license = license_factories.subscription(acme, seats=1000, now=now)
    cut = [
        license_factories.key(license, now=now, reserved=100, name=name)
        for name in ("Graz", "Linz")
    ]
    return [license_factories.primary_key(license), *cut]


@pytest.mark.parametrize("walk", range(WALKS))
def test_nothing_from_an_earlier_activation_ends_a_later_one(
    walk: int, acme: BusinessAccount, alice: User, keys: list[Key], now: datetime
) -> None:
    farm = Farm(acme, alice, keys, now, random.Random(walk))
    acts = [
        farm.activate,
        farm.activate_by_file,
        farm.move,
        farm.move,
        farm.refresh,
        farm.check_in,
        farm.deactivate,
        farm.be_replaced,
    ]

    for _act in range(ACTS):
        farm.now += timedelta(minutes=1)
        farm.dice.choice(acts)()
        farm.replay_all()

    assert farm.era > 1
    for key in keys:
        seat_recount.check_license(key.license)


@pytest.fixture
def farm(acme: BusinessAccount, alice: User, keys: list[Key], now: datetime) -> Farm:
    """Licensed by file, then moved to another key in the portal."""
    made = Farm(acme, alice, keys[:1], now, random.Random(0))
    made.activate_by_file()
    assert made.live is not None
    instances.move(instance=made.live.instance, key=keys[1], by=alice, now=now)
    return made


def test_a_proof_from_before_a_move_ends_what_the_move_made_of_it(farm: Farm) -> None:
    farm._file("deactivate", farm.papers[0][0])

    assert farm.live is None


def test_a_proof_from_before_a_move_is_old_once_the_instance_has_shown_a_later_one(
    farm: Farm,
) -> None:
    farm.refresh()
    farm._file("refresh", farm.papers[-1][0])

    with pytest.raises(DomainError, match="got a newer license"):
        paper = request_file_factories.content(
            "deactivate", instance_id=FARM, license=farm.papers[0][0]
        )
        offline.answer(file=request_file_factories.read(paper), by=farm.alice, now=farm.now)

    assert farm.live is not None


def test_a_sequence_grows_over_all_accounts(
    farm: Farm, globex: BusinessAccount, charlie: User
) -> None:
    """Its console takes no document that isn't newer than those of the account before."""
    farm.refresh()
    farm.deactivate()
    last = documents.read_license(farm.papers[-1][0], now=farm.now)["seq"]
    license = license_factories.subscription(globex, now=farm.now)
    asked = license_factories.request(now=farm.now, device_code="rasd_globex", instance_id=FARM)
    requests.approve(
        request=asked,
        account=globex,
        choice=ApprovalChoice(key=license_factories.primary_key(license)),
        by=charlie,
        now=farm.now,
        split_confirmed=True,
    )

    first = collecting.poll(device_code="rasd_globex", now=farm.now).document

    assert documents.read_license(first, now=farm.now)["seq"] > last
    assert Instance.objects.filter(instance_id=FARM).count() == 2
