"""As many licensed instances as a test wants, made by few statements."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from accounts.directory.models import BusinessAccount
from licensing.licenses.models import Activation, Heartbeat, Instance, Key, KeyUsage


def make(account: BusinessAccount, key: Key, count: int, *, now: datetime) -> None:
    """`count` more licensed instances at once, for pages that must not care how many there are."""
    made = Instance.objects.bulk_create(
        Instance(
            account=account,
            instance_id=uuid.uuid4(),
            name=f"Farm {number}",
            host=f"ras{number}.acme.example",
            version="20.0",
            first_seen_at=now,
            seen_around=now - timedelta(days=number % 30),
        )
        for number in range(count)
    )
    runs = Activation.objects.bulk_create(
        Activation(
            instance=each,
            installation=each.instance_id,
            key=key,
            version=each.version,
            channel=Activation.Channel.ONLINE,
            mode=Activation.Mode.ACTIVATE,
            activated_at=now,
            collected_at=now,
        )
        for each in made
    )
    Heartbeat.objects.bulk_create(
        Heartbeat(instance=each.instance, activation=each, last_seen_at=each.instance.seen_around)
        for each in runs
    )
    KeyUsage.objects.get_or_create(key=key)
