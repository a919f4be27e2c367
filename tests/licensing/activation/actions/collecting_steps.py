"""Polling with a device code, and approving what it stands for."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import pytest

from accounts.directory.models import User
from licensing.activation.actions import collecting, requests
from licensing.activation.errors import PollRefused
from licensing.activation.models import ActivationRequest
from licensing.activation.models.choice import ApprovalChoice
from licensing.licenses.models import Activation, License
from tests.licensing import license_factories

CODE: Final = "rasd_of-the-console"


def refusal(now: datetime, code: str = CODE) -> PollRefused:
    with pytest.raises(PollRefused) as refused:
        collecting.poll(device_code=code, now=now)
    return refused.value


def approve(request: ActivationRequest, license: License, by: User, now: datetime) -> Activation:
    assert license.account is not None
    return requests.approve(
        request=request,
        account=license.account,
        choice=ApprovalChoice(key=license_factories.primary_key(license)),
        by=by,
        now=now,
    )


def seats_taken(license: License) -> int:
    license.refresh_from_db()
    return license.seats_shared
