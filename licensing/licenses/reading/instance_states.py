"""The states of instances as lists show and filter them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import Enum
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from licensing.licenses.models import Activation, Instance
from licensing.licenses.models.activation import REPORTING_CHANNELS
from licensing.licenses.models.instance import InstanceQuerySet
from licensing.licenses.rules import entitlement

_OFFLINE: Final = Activation.Channel.OFFLINE


class InstanceState(Enum):
    LICENSED = "licensed"
    OFFLINE = "offline"
    WAITING = "waiting"
    SILENT = "silent"
    OVER = "over"
    LIMITED = "limited"
    FILE_ENDED = "file_ended"
    LICENSE_ENDED = "license_ended"
    DEACTIVATED = "deactivated"
    LOST = "lost"

    @property
    def label(self) -> str:
        return str(_LABELS[self])

    @property
    def kind(self) -> str:
        """Good, notice, bad or quiet: its color and shape."""
        return _KINDS[self]


_LABELS: Final[dict[InstanceState, str | Promise]] = {
    InstanceState.LICENSED: _("Licensed"),
    InstanceState.OFFLINE: _("Licensed by file"),
    InstanceState.WAITING: _("Approved, not picked up"),
    InstanceState.SILENT: _("Silent"),
    InstanceState.OVER: _("Over its seats"),
    InstanceState.LIMITED: _("Limited"),
    InstanceState.FILE_ENDED: _("License file ended"),
    InstanceState.LICENSE_ENDED: _("License not active"),
    InstanceState.DEACTIVATED: _("Deactivated"),
    InstanceState.LOST: _("Lost"),
}
_KINDS: Final = {
    InstanceState.LICENSED: "good",
    InstanceState.OFFLINE: "good",
    InstanceState.WAITING: "notice",
    InstanceState.SILENT: "notice",
    InstanceState.OVER: "notice",
    InstanceState.LIMITED: "bad",
    InstanceState.FILE_ENDED: "bad",
    InstanceState.LICENSE_ENDED: "bad",
    InstanceState.DEACTIVATED: "quiet",
    InstanceState.LOST: "quiet",
}
# The filters of the list, in the order in which they are offered.
FILTERS: Final[dict[str, str | Promise]] = {
    "licensed": _("Licensed"),
    "waiting": _("Approved, not picked up"),
    "silent": _("Silent for 14 days"),
    "over": _("Over their seats"),
    "limited": _("Limited"),
    "offline": _("Licensed by file"),
    "deactivated": _("Deactivated"),
    "lost": _("Lost"),
}


def state_of(instance: Instance, live: Activation | None, now: datetime) -> InstanceState:
    """The most urgent state of an instance; `live` is its live activation."""
    if live is None:
        return InstanceState.LOST if instance.lost_at else InstanceState.DEACTIVATED
    if live.collected_at is None:
        return InstanceState.WAITING
    if not entitlement.status(live.key.license, now.date()).is_usable:
        return InstanceState.LICENSE_ENDED
    if live.key.over_since:
        return (
            InstanceState.LIMITED
            if entitlement.is_limited(live.key.over_since, now)
            else InstanceState.OVER
        )
    if live.channel == _OFFLINE:
        ends_at = instance.heartbeat.document_ends_at
        ended = ends_at is not None and ends_at <= now
        return InstanceState.FILE_ENDED if ended else InstanceState.OFFLINE
    return InstanceState.SILENT if instance.is_silent(now) else InstanceState.LICENSED


def narrowed(instances: InstanceQuerySet, name: str, now: datetime) -> InstanceQuerySet:
    """The instances that pass the filter `name` of FILTERS; an unknown name passes all."""
    keep = _KEEP.get(name)
    return keep(instances, now) if keep else instances


def _over(instances: InstanceQuerySet, now: datetime) -> InstanceQuerySet:
    return instances.running_under(key__over_since__isnull=False)


def _limited(instances: InstanceQuerySet, now: datetime) -> InstanceQuerySet:
    return instances.running_under(key__over_since__lt=now - entitlement.OVERUSE_PERIOD)


def _silent(instances: InstanceQuerySet, now: datetime) -> InstanceQuerySet:
    return instances.running_under(channel__in=REPORTING_CHANNELS).silent(now)


_KEEP: Final[dict[str, Callable[[InstanceQuerySet, datetime], InstanceQuerySet]]] = {
    "licensed": lambda instances, now: instances.licensed(),
    "waiting": lambda instances, now: instances.running_under(collected_at=None),
    "silent": _silent,
    "over": _over,
    "limited": _limited,
    "offline": lambda instances, now: instances.running_under(channel=_OFFLINE),
    "deactivated": lambda instances, now: instances.unlicensed().filter(lost_at=None),
    "lost": lambda instances, now: instances.unlicensed().filter(lost_at__isnull=False),
}
