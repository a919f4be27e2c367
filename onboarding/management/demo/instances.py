"""What the demonstration's instances did: eight farms, healthy and in every kind of trouble."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Final

from accounts.directory.models import User
from licensing.activation.actions import collecting, requests
from licensing.activation.models.choice import ApprovalChoice
from licensing.activation.rules.installation import Installation
from licensing.fleet.actions import check_ins, instances
from licensing.fleet.actions.check_ins import Report
from licensing.fleet.reading import reporting
from licensing.licenses.models import Instance
from licensing.offline.actions import offline
from licensing.offline.rules.request_files import RequestFile
from onboarding.management.demo.licenses import MAIN, OLD, SEASON
from onboarding.management.demo.story import Act, Stage


@dataclass(frozen=True)
class _Farm:
    """An installation, the key it is activated with (none: a trial), and its usual peak."""

    name: str
    host: str
    version: str
    key: str = ""
    users: int = 0

    def installation(self, instance_id: uuid.UUID, mode: str = "activate") -> Installation:
        return Installation(instance_id, self.name, self.host, self.version, mode)


ONE: Final = _Farm("Farm One", "ras1.acme.example", "20.0", MAIN, 46)
VIENNA: Final = _Farm("Vienna", "ras.vienna.acme.example", "21.0", "Vienna office", 19)
GRAZ: Final = _Farm("Graz", "ras.graz.acme.example", "20.0", SEASON, 12)
FINANCE: Final = _Farm("Finance", "fin-ras.acme.example", "19.4", OLD, 9)
PLANT: Final = _Farm("Plant floor", "10.20.0.5", "20.0", MAIN)
LINZ: Final = _Farm("Linz", "ras.linz.acme.example", "20.0", SEASON, 15)
STORE: Final = _Farm("Warehouse", "wh-ras.acme.example", "20.0", "Branch offices", 7)
TEST: Final = _Farm("Test lab", "lab-ras.acme.example", "21.0", "", 3)


def _activate(farm: _Farm, stage: Stage, now: datetime) -> None:
    """By the code that the console shows; it collects its license at once."""
    by = stage.bob.user if farm in (FINANCE, STORE, TEST) else stage.alice
    _by_code(farm.installation(uuid.uuid4()), farm.key, by, stage, now)


def _upgrade(farm: _Farm, version: str, stage: Stage, now: datetime) -> None:
    known = stage.instances[farm.name]
    upgraded = Installation(
        known.instance_id, farm.name, farm.host, version, "upgrade", known.version
    )
    _by_code(upgraded, farm.key, stage.bob.user, stage, now)


def _by_code(installation: Installation, key: str, by: User, stage: Stage, now: datetime) -> None:
    asked, code = requests.open_online(
        installation=installation, key_hint="", address="192.0.2.10", now=now
    )
    choice = ApprovalChoice(key=stage.keys[key]) if key else ApprovalChoice()
    requests.approve(request=asked, account=stage.acme, choice=choice, by=by, now=now)
    collected = collecting.poll(device_code=code, now=now)
    stage.instances[installation.name] = collected.activation.instance


def _activate_by_file(farm: _Farm, stage: Stage, now: datetime) -> None:
    file = RequestFile(
        mode="activate",
        installation=farm.installation(uuid.uuid4()),
        key_hint="",
        usage={},
        license="",
        digest=uuid.uuid4().hex,
    )
    asked = offline.open_request(file=file, by=stage.alice, now=now)
    choice = ApprovalChoice(key=stage.keys[farm.key])
    activation = requests.approve(
        request=asked, account=stage.acme, choice=choice, by=stage.alice, now=now
    )
    stage.instances[farm.name] = activation.instance


def _report(
    farm: _Farm, days: int, stage: Stage, now: datetime, peaks: dict[int, int] | None = None
) -> None:
    """A check-in with the peaks of the `days` before it; `peaks` are told by age in days."""
    instance = Instance.objects.get(pk=stage.instances[farm.name].pk)
    activation = reporting.of_instance(instance)
    assert activation is not None
    past = [now.date() - timedelta(days=age) for age in range(1, days + 1)]
    usage = {day: _peak(farm, day) for day in past}
    usage |= {now.date() - timedelta(days=age): peak for age, peak in (peaks or {}).items()}
    report = Report(version=instance.version, usage=usage)
    check_ins.record(activation=activation, report=report, now=now)


def _peak(farm: _Farm, day: date) -> int:
    """Plausible users on a day: fewer on weekends, a little growth, and never twice the same."""
    share = 0.2 if day.weekday() >= 5 else 1.0
    swing = (day.toordinal() * 37 + len(farm.name) * 11) % 13 - 6
    return max(0, round(farm.users * share * (1 + swing / 40)))


def _lose(farm: _Farm, stage: Stage, now: datetime) -> None:
    instances.declare_lost(instance=stage.instances[farm.name], by=stage.alice, now=now)


def _deactivate(farm: _Farm, stage: Stage, now: datetime) -> None:
    instances.deactivate(instance=stage.instances[farm.name], by=stage.bob.user, now=now)


def _note(stage: Stage, now: datetime) -> None:
    instances.describe(
        instance=stage.instances[PLANT.name],
        name="Plant floor (no internet)",
        note="Behind the air gap in hall 3.\nLicense files come by courier: call Noah.",
        by=stage.alice,
        now=now,
    )


def _mia_asks(stage: Stage, now: datetime) -> None:
    """She may not approve it herself, so her request goes to the administrators."""
    mia = stage.people["mia@acme.example"].user
    salzburg = Installation(uuid.uuid4(), "Salzburg", "ras.salzburg.acme.example", "21.0")
    asked, _code = requests.open_online(
        installation=salzburg, key_hint="", address="192.0.2.44", now=now
    )
    requests.hand_over(request=asked, account=stage.acme, by=mia, now=now)


def _days(count: float) -> timedelta:
    return timedelta(days=count)


ACTS: Final = [
    Act(_days(88), partial(_activate, ONE)),
    Act(_days(86), partial(_activate, FINANCE)),
    Act(_days(85), partial(_activate, GRAZ)),
    Act(_days(70), partial(_activate, VIENNA)),
    Act(_days(65), partial(_activate_by_file, PLANT)),
    Act(_days(64), _note),
    Act(_days(60), partial(_activate, LINZ)),
    Act(_days(55), partial(_activate, STORE)),
    Act(_days(41), partial(_report, GRAZ, 44)),
    Act(_days(31), partial(_report, ONE, 56)),
    Act(_days(30), partial(_upgrade, ONE, "21.0")),
    Act(_days(24), partial(_report, LINZ, 36)),
    Act(_days(21), partial(_lose, LINZ)),
    Act(_days(20), partial(_activate, TEST)),
    Act(_days(11), partial(_report, STORE, 44)),
    Act(_days(9), partial(_deactivate, STORE)),
    Act(_days(3), partial(_report, VIENNA, 66)),
    Act(_days(2.1), partial(_report, VIENNA, 1, peaks={1: 28})),
    Act(timedelta(hours=7), partial(_report, FINANCE, 85)),
    Act(timedelta(hours=3), partial(_report, TEST, 19)),
    Act(timedelta(hours=2), _mia_asks),
    Act(timedelta(minutes=40), partial(_report, VIENNA, 0, peaks={2: 29, 1: 31})),
    Act(timedelta(minutes=20), partial(_report, ONE, 31)),
]
