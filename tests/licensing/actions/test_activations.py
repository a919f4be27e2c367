"""Activating instances: seats, versions, and what ends what."""

from __future__ import annotations

from datetime import datetime

import pytest

from accounts.models import BusinessAccount, User
from licensing.actions import collecting, requests
from licensing.actions.requests import Choice
from licensing.models import Activation
from tests.licensing import stock


@pytest.mark.django_db
def test_an_approved_instance_collects_its_document_once(
    acme: BusinessAccount, alice: User, now: datetime
) -> None:
    license = stock.subscription(acme, now=now)
    request, code = requests.open_online(
        installation=stock.installation(), key_hint="", address=None, now=now
    )

    requests.approve(
        request=request,
        account=acme,
        choice=Choice(key=stock.primary_key(license)),
        by=alice,
        now=now,
    )
    collected = collecting.poll(device_code=code, now=now)

    license.refresh_from_db()
    assert license.seats_shared == 1
    assert collected.document.count(".") == 2
    assert Activation.objects.live().get().collected_at == now
