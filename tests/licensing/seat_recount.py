"""Seats recounted from the facts, now and at every point of an account's history."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Sum

from accounts.audit.models import AuditEvent
from accounts.directory.models import BusinessAccount
from licensing.events import Event
from licensing.licenses.models import Activation, Heartbeat, Key, KeyUsage, License

_BEGINNINGS = {Event.INSTANCE_ACTIVATED, Event.INSTANCE_UPGRADED, Event.INSTANCE_MOVED}
_ENDINGS = {
    Event.INSTANCE_DEACTIVATED,
    Event.INSTANCE_REPLACED,
    Event.INSTANCE_LOST,
    Event.REQUEST_LAPSED,
    Event.REQUEST_WITHDRAWN,
}


def check(account: BusinessAccount) -> None:
    """The counters equal the facts, and nothing is oversold: now, and after each event before."""
    for license in account.licenses.all():
        check_license(license)
    story = _Story({str(key): key for key in Key.objects.filter(license__account=account)})
    events = list(account.events.order_by("pk"))
    cut_later = {event.subject for event in events if event.event == Event.KEY_CUT}
    story.live_keys = set(story.keys) - cut_later
    for event in events:
        story.tell(event)
    live = Activation.objects.live().filter(instance__account=account)
    assert story.runs_under == {each.instance.name: str(each.key) for each in live}


def check_license(license: License) -> None:
    """The counters of one license and its keys equal the facts."""
    license.refresh_from_db()
    keys = list(license.keys.all())
    live = Counter(
        Activation.objects.live().filter(key__in=keys).values_list("key", flat=True).order_by()
    )
    reserved = sum(key.reserved or 0 for key in keys if key.revoked_at is None)
    shared = sum(live[key.pk] for key in keys if key.reserved is None)
    assert (license.seats_reserved, license.seats_shared) == (reserved, shared)
    assert reserved + shared <= license.seats
    for key in keys:
        assert key.instances_live == live[key.pk]
        assert key.reserved is None or live[key.pk] <= key.reserved
    check_peaks()


def check_peaks() -> None:
    """Each key's sum of peaks equals that of the instances which run under it."""
    live = Activation.objects.live().order_by().values_list("key")
    peaks = dict(live.annotate(Sum("instance__heartbeat__peak_users")))
    counted = dict(KeyUsage.objects.values_list("key", "peak_users"))
    assert {key: users for key, users in counted.items() if key in peaks or users} == peaks
    runs = dict(Activation.objects.live().values_list("instance", "pk"))
    said = Heartbeat.objects.exclude(activation=None).values_list("instance", "activation")
    assert dict(said) == runs


@dataclass
class _Story:
    """What the audit log tells so far. Farms and keys go by their names, which tests keep apart."""

    keys: dict[str, Key]
    live_keys: set[str] = field(default_factory=set)
    runs_under: dict[str, str] = field(default_factory=dict)

    def tell(self, event: AuditEvent) -> None:
        if event.event in _BEGINNINGS:
            self.runs_under[event.subject] = str(event.details["key"])
        elif event.event in _ENDINGS:
            self.runs_under.pop(event.subject, None)
        elif event.event == Event.KEY_CUT:
            self.live_keys.add(event.subject)
        elif event.event == Event.KEY_REVOKED:
            self.live_keys.remove(event.subject)
        self._check(event)

    def _check(self, event: AuditEvent) -> None:
        taken: Counter[int] = Counter()
        on_key = Counter(self.runs_under.values())
        seats = {}
        for name, key in self.keys.items():
            assert name in self.live_keys or not on_key[name], f"{event} on a revoked key"
            assert key.reserved is None or on_key[name] <= key.reserved, f"{event} oversold {name}"
            if name in self.live_keys:
                taken[key.license_id] += key.reserved or on_key[name]
            seats[key.license_id] = key.license.seats
        assert all(taken[license] <= seats[license] for license in seats), f"{event} oversold"
