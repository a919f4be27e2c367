"""The desk stops a license and lets it run again; the company sees why on its pages."""

from __future__ import annotations

import time
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from accounts.directory.models import BusinessAccount, User
from licensing.licenses.actions import suspension, trials
from licensing.licenses.models import License, TrialAllowance
from tests.licensing import license_factories
from tests.personas import SignIn

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]
REASON = "The invoice of October is open."


@pytest.fixture
def license(acme: BusinessAccount, now: datetime) -> License:
    return license_factories.subscription(acme, now=now)


def address(act: str, license: License) -> str:
    return reverse(f"staff_license_{act}", args=[license.public_id])


def test_sam_suspends_a_license_and_lets_it_run_again(
    desk: Client, acme: BusinessAccount, license: License
) -> None:
    company = reverse("staff_company", args=[acme.slug])

    asked = desk.get(address("suspend", license)).content.decode()
    desk.post(address("suspend", license), {"reason": f"  {REASON} "})
    license.refresh_from_db()
    stopped = license.suspension_reason
    page = desk.get(company).content.decode()
    desk.post(address("resume", license), {"reason": "Paid."})
    license.refresh_from_db()

    assert "Suspend Subscription 2027 of Acme Corp?" in asked
    assert stopped == REASON
    assert f"is suspended. Reason: {REASON}" in page
    assert address("resume", license) in page
    assert license.suspended_at is None


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501, "a\x07b"])
def test_a_reason_that_says_nothing_is_asked_for_again(
    desk: Client, license: License, reason: str
) -> None:
    answer = desk.post(address("suspend", license), {"reason": reason})

    license.refresh_from_db()
    assert (answer.status_code, license.suspended_at) == (200, None)


def test_it_asks_for_a_recent_proof(license: License, sam: User, sign_in: SignIn) -> None:
    stale = sign_in(sam, proven_at=time.time() - 310)

    answer = stale.post(address("suspend", license), {"reason": REASON})

    assert answer["Location"].startswith("/accounts/reauthenticate/")
    license.refresh_from_db()
    assert license.suspended_at is None


def test_the_company_reads_the_reason_wherever_its_license_stands(
    acme: BusinessAccount, license: License, mia: User, now: datetime, sign_in: SignIn
) -> None:
    farm = license_factories.licensed(acme, license_factories.primary_key(license), now)
    suspension.suspend(license=license, reason=REASON, by=None, now=now)
    browser, b = sign_in(mia), f"/b/{acme.slug}/"
    pages = {
        b: "Subscription 2027 is suspended by the vendor",
        license.get_absolute_url(): "Suspended by the vendor since",
        farm.get_absolute_url(): "get no new license document",
    }

    for page, said in pages.items():
        text = browser.get(page).content.decode()
        assert said in text, page
        assert REASON in text, page
    assert "Subscription 2027" in browser.get(f"{b}licenses/?status=suspended").content.decode()
    assert "Subscription 2027" not in browser.get(f"{b}licenses/?status=active").content.decode()


def test_who_chooses_a_license_for_an_instance_reads_the_reason(
    acme: BusinessAccount, license: License, alice: User, now: datetime, sign_in: SignIn
) -> None:
    asked = license_factories.request(now=now, claimed_by=alice)
    suspension.suspend(license=license, reason=REASON, by=None, now=now)
    key = license_factories.primary_key(license)

    page = sign_in(alice).get(
        f"{asked.get_absolute_url()}confirm/?account={acme.slug}&key={key.public_id}", follow=True
    )

    assert f"is suspended. Reason: {REASON}" in page.content.decode()


def test_sam_allows_a_company_more_trials(desk: Client, acme: BusinessAccount) -> None:
    address = reverse("staff_trials", args=[acme.slug])

    asked = desk.get(address).content.decode()
    few = desk.post(address, {"at_once": "11", "a_year": "10", "reason": "A school."})
    nothing = TrialAllowance.objects.exists()
    desk.post(address, {"at_once": "5", "a_year": "20", "reason": "A school."})

    assert "0 of 3 run now, and 0 of 10 began in the last year" in asked
    assert (few.status_code, nothing) == (200, False)
    allowed = TrialAllowance.objects.get(account=acme)
    assert (allowed.at_once, allowed.a_year) == (5, 20)


def test_who_has_too_many_trials_reads_why_where_a_license_is_chosen(
    acme: BusinessAccount, alice: User, now: datetime, sign_in: SignIn
) -> None:
    for name in ("One", "Two", "Three"):
        trials.start(
            instance=license_factories.instance(acme, now=now, name=name), by=alice, now=now
        )
    asked = license_factories.request(now=now, claimed_by=alice)

    page = sign_in(alice).get(f"{asked.get_absolute_url()}license/?account={acme.slug}")

    said = page.content.decode()
    assert "3 trials are running, the most allowed at a time" in said
    assert "Start a trial" not in said
