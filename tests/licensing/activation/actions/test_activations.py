"""Activating instances: seats, versions, and what ends what."""

from __future__ import annotations

from datetime import datetime

import pytest

from accounts.directory.models import BusinessAccount, User
from licensing.activation.actions import collecting, requests
from licensing.activation.models.choice import ApprovalChoice
from licensing.licenses.models import Activation
from tests.licensing import license_factories


@pytest.mark.django_db
def test_an_approved_instance_collects_its_document_once(
    acme: BusinessAccount, alice: User, now: datetime
) -> None:
    license = license_factories.subscription(acme, now=now)
    request, code = requests.open_online(
        installation=license_factories.installation(), key_hint="", address=None, now=now
    )

    requests.approve(
        request=request,
        account=acme,
        choice=ApprovalChoice(key=license_factories.primary_key(license)),
        by=alice,
        now=now,
    )
    collected = collecting.poll(device_code=code, now=now)

    license.refresh_from_db()
    assert license.seats_shared == 1
    assert collected.document.count(".") == 2
    assert Activation.objects.live().get().collected_at == now
