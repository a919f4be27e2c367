"""The example console without a network: files go to the portal, and come back."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.directory.models import BusinessAccount, User
from examples import ras_console
from licensing.activation.actions import requests
from licensing.activation.models import ActivationRequest
from licensing.activation.models.choice import ApprovalChoice
from licensing.fleet.models import UsageDay
from licensing.licenses.models import Activation
from licensing.offline.rules import request_files
from licensing.protocol import tokens
from tests.examples.portal import PORTAL, Farm
from tests.licensing import license_factories
from tests.personas import SignIn


def test_console_and_portal_count_the_same_checksum() -> None:
    fields = {"type": "ras_activation_request", "instance_name": "Farm Zürich", "usage": [1, 2]}

    checksum = ras_console.checksum(fields)

    assert checksum == tokens.dashed(tokens.checksum(request_files.digest(fields)))


def carry(farm: Farm, browser: Any) -> str:
    """Bring the request file to the page; where it leads."""
    uploaded = SimpleUploadedFile("farm.rasreq", farm.request.read_bytes())
    address: str = browser.post("/activate/offline/", {"file": uploaded})["Location"]
    return address


def bring(farm: Farm, browser: Any, address: str, name: str) -> str:
    """Carry a file of the portal to the instance."""
    path = farm.folder / name
    path.write_bytes(browser.get(address).content)
    return str(path)


@pytest.mark.django_db
def test_by_file_it_is_activated_refreshed_and_deactivated(
    farm: Farm, acme: BusinessAccount, alice: User, sign_in: SignIn
) -> None:
    browser, now = sign_in(alice), timezone.now()
    license = license_factories.subscription(acme, now=now)
    assert farm.run("activate", "--offline", "--portal", PORTAL, "--name", "Farm One") == 0
    carry(farm, browser)
    request = ActivationRequest.objects.get()
    assert request.display_code in farm.said
    choice = ApprovalChoice(key=license_factories.primary_key(license))
    requests.approve(request=request, account=acme, choice=choice, by=alice, now=now)
    answer = bring(farm, browser, f"/activate/{request.public_id}/file/", "farm.raslic")
    keys = bring(farm, browser, "/.well-known/license-keys.json", "keys.json")

    assert farm.run("activate", "--offline", "--license", answer) == ras_console.USAGE
    assert "add --keys FILE" in farm.said
    assert farm.run("activate", "--offline", "--license", answer, "--keys", keys) == 0
    assert "Licensed for 100 users" in farm.said
    assert farm.run("check-in") == ras_console.USAGE
    assert "stays so" in farm.said
    assert farm.run("activate") == ras_console.USAGE

    peak = ["--peak-users", "7", "--date", "2026-11-23"]
    assert farm.run("check-in", "--offline", *peak) == 0
    page = carry(farm, browser)
    fresh = bring(farm, browser, f"{page}file/", "fresh.raslic")
    assert farm.run("check-in", "--offline", "--license", fresh) == 0
    assert UsageDay.objects.get().peak_users == 7
    assert farm.run("check-in", "--offline", "--license", answer) == ras_console.UNTRUSTED

    assert farm.run("deactivate", "--offline") == 0
    assert "is no longer licensed" in farm.said
    assert farm.run("status") == ras_console.NOT_LICENSED
    receipt = bring(farm, browser, f"{carry(farm, browser)}file/", "farm.rasreceipt")
    assert farm.run("deactivate", "--offline", "--receipt", receipt) == 0
    assert not Activation.objects.live().exists()
    assert farm.run("activate", "--offline", "--license", fresh) == ras_console.UNTRUSTED
    assert set(farm.network.paths) == set()


def test_a_moment_of_the_request_is_in_utc(farm: Farm) -> None:
    farm.run("activate", "--offline", "--portal", PORTAL)

    written = datetime.fromisoformat(json.loads(farm.request.read_text())["created_at"])

    assert abs(written - timezone.now()) < timedelta(minutes=1)
