"""Counting peaks under keys: the sum that overuse is judged by (SPEC 4.2).

An instance's latest peak counts under the key of `Heartbeat.activation`, and nowhere else. Whoever
changes either changes KeyUsage in the same transaction, and locks it first: key before instance.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import F

from licensing.licenses.models import Activation, Heartbeat, Key, KeyUsage


@transaction.atomic(savepoint=False)
def join(activation: Activation) -> None:
    """Count the instance's peak under the activation's key from now on."""
    lock(activation.key_id)
    beat = Heartbeat.objects.filter(pk=activation.instance_id)
    beat.update(activation=activation)
    _add(activation.key_id, beat.values_list("peak_users", flat=True).get())


@transaction.atomic(savepoint=False)
def leave(activation: Activation) -> None:
    """Count it no more. With a key's last instance its overuse ends."""
    lock(activation.key_id)
    beat = Heartbeat.objects.filter(pk=activation.instance_id, activation=activation)
    if not beat.update(activation=None):
        return
    instance = Heartbeat.objects.filter(pk=activation.instance_id)
    _add(activation.key_id, -instance.values_list("peak_users", flat=True).get())
    empty = Key.objects.filter(pk=activation.key_id, instances_live=0, over_since__isnull=False)
    empty.update(over_since=None)


def lock(key_id: int) -> None:
    """Let nobody else change the key's sum before this transaction ends."""
    KeyUsage.objects.bulk_create([KeyUsage(key_id=key_id)], ignore_conflicts=True)
    KeyUsage.objects.select_for_update().get(pk=key_id)


def _add(key_id: int, users: int) -> None:
    KeyUsage.objects.filter(pk=key_id).update(peak_users=F("peak_users") + users)
