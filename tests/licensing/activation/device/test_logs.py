"""What a whole activation leaves in the logs: routes and figures, no code and no token."""

from __future__ import annotations

import logging
from datetime import datetime

import pytest
from structlog.testing import capture_logs

from accounts.directory.models import BusinessAccount, User
from licensing.activation.actions import requests
from licensing.activation.models import ActivationRequest
from licensing.activation.models.choice import ApprovalChoice
from tests.licensing import license_factories
from tests.licensing.activation.device.console import ASK, POLL, asking, polling, send


@pytest.mark.django_db
def test_no_log_knows_a_code_or_a_token(
    acme: BusinessAccount, alice: User, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    license = license_factories.subscription(acme, now=now)
    with capture_logs() as events, caplog.at_level(logging.INFO):
        codes = send(ASK, asking()).json()
        send(POLL, polling(codes["device_code"]))
        requests.approve(
            request=ActivationRequest.objects.get(),
            account=acme,
            choice=ApprovalChoice(key=license_factories.primary_key(license)),
            by=alice,
            now=now,
        )
        token = send(POLL, polling(codes["device_code"])).json()
        send(POLL, polling(codes["device_code"]))

    logged = f"{events}{caplog.messages}"
    assert [event["route"] for event in events if event["event"] == "request"] == [
        "oauth/device_authorization",
        *["oauth/token"] * 3,
    ]
    for secret in (
        codes["device_code"],
        codes["user_code"],
        codes["user_code"].replace("-", ""),
        token["access_token"],
        token["authorization_details"][0]["license"],
        license_factories.primary_key(license).code,
    ):
        assert secret not in logged
