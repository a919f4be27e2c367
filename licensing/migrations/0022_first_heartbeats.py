"""Heartbeats and sums of what is there. In batches, each in a transaction of its own: run again
after a crash, it goes on where it was."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

from django.db import migrations, transaction
from django.db.models import Max, Min, OuterRef, Subquery, Sum

_AT_ONCE = 2000


def _copy(apps: Any, schema_editor: Any) -> None:
    instances = apps.get_model("licensing", "Instance")
    beats = apps.get_model("licensing", "Heartbeat")
    live = apps.get_model("licensing", "Activation").objects.filter(deactivated_at=None)
    days = apps.get_model("licensing", "UsageDay").objects.order_by()
    for first, last in _ranges(instances.objects.all()):
        rows = instances.objects.filter(pk__gte=first, pk__lte=last)
        ids = {"instance__gte": first, "instance__lte": last}
        runs = dict(live.filter(**ids).values_list("instance", "pk"))
        latest = dict(days.filter(**ids).values_list("instance").annotate(Max("date")))
        with transaction.atomic(using=schema_editor.connection.alias):
            beats.objects.bulk_create(
                (_beat(beats, row, runs.get(row.pk), latest.get(row.pk)) for row in rows),
                ignore_conflicts=True,
            )
    _sum_up(apps, live)


def _beat(beats: Any, row: Any, activation: int | None, peak_on: Any) -> Any:
    return beats(
        instance_id=row.pk,
        activation_id=activation,
        last_seen_at=row.last_seen_at,
        last_check_in_at=row.last_check_in_at,
        peak_users=row.peak_users,
        peak_on=peak_on,
        sequence=row.sequence,
        document_sequence=_part(row.document, 1).get("seq", 0),
        document_kid=_part(row.document, 0).get("kid", ""),
        document_ends_at=row.document_ends_at,
        document_reminded_at=row.document_reminded_at,
    )


def _part(document: str, place: int) -> dict[str, Any]:
    """Head or claims of a compact JWS; empty for no document."""
    parts = document.split(".")
    if len(parts) != 3:
        return {}
    part: dict[str, Any] = json.loads(base64.urlsafe_b64decode(parts[place] + "=="))
    return part


def _sum_up(apps: Any, live: Any) -> None:
    keys, usages = apps.get_model("licensing", "Key"), apps.get_model("licensing", "KeyUsage")
    sums = live.order_by("key").values_list("key")
    usages.objects.bulk_create(
        (
            usages(key_id=key, peak_users=users)
            for key, users in sums.annotate(Sum("instance__peak_users")).iterator(_AT_ONCE)
        ),
        batch_size=_AT_ONCE,
        update_conflicts=True,
        unique_fields=["key"],
        update_fields=["peak_users"],
    )
    over = live.filter(instance__over_since__isnull=False).order_by("key").values_list("key")
    for key, since in over.annotate(Min("instance__over_since")):
        keys.objects.filter(pk=key).update(over_since=since)


def _copy_back(apps: Any, schema_editor: Any) -> None:
    """What the release before reads; a document that was only kept by its dates isn't there, so
    its instance waits for the next check-in."""
    instances = apps.get_model("licensing", "Instance")
    beats = apps.get_model("licensing", "Heartbeat").objects.filter(instance=OuterRef("pk"))
    over = apps.get_model("licensing", "Activation").objects.filter(
        instance=OuterRef("pk"), deactivated_at=None
    )
    fields = (
        "last_seen_at last_check_in_at peak_users sequence document_ends_at document_reminded_at"
    )
    for first, last in _ranges(instances.objects.all()):
        instances.objects.filter(pk__gte=first, pk__lte=last).update(
            over_since=Subquery(over.values("key__over_since")[:1]),
            **{field: Subquery(beats.values(field)[:1]) for field in fields.split()},
        )
    apps.get_model("licensing", "Heartbeat").objects.all().delete()
    apps.get_model("licensing", "KeyUsage").objects.all().delete()
    apps.get_model("licensing", "Key").objects.filter(over_since__isnull=False).update(
        over_since=None
    )


def _ranges(rows: Any) -> Iterator[tuple[int, int]]:
    """First and last id of each batch."""
    after = 0
    while ids := list(
        rows.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:_AT_ONCE]
    ):
        yield ids[0], ids[-1]
        after = ids[-1]


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("licensing", "0021_room_for_heartbeats")]

    operations = [migrations.RunPython(_copy, _copy_back)]
