"""Consoles of an account that was merged into another one."""

from __future__ import annotations

from datetime import datetime

import pytest

from accounts.directory.models import BusinessAccount
from licensing.activation.actions import activations
from licensing.licenses.models import Activation
from tests.licensing.api.licensed_instance import LicensedInstance

pytestmark = pytest.mark.django_db


def test_a_console_that_is_refused_learns_which_account_goes_on(
    farm: LicensedInstance, acme: BusinessAccount, globex: BusinessAccount, now: datetime
) -> None:
    activations.end_live(farm.instance, Activation.Ending.PORTAL, now=now)
    acme.merged_into = globex
    acme.save(update_fields=["merged_into"])

    refused = farm.asker.post("/instance/check-ins", {"version": "20.0"}).json()
    seen = farm.asker.get("/instance").json()

    assert refused["code"] == "not_licensed"
    assert refused["detail"].startswith("This instance is no longer licensed. Deactivated in")
    where = f"Activate the instance there, at http://testserver/b/{globex.slug}/."
    assert refused["detail"].endswith(f"Acme Corp is now part of Globex. {where}")
    assert seen["account"] == {"id": globex.slug, "name": "Globex"}
