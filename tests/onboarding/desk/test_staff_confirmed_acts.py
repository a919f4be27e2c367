"""What staff can't take back is asked once, and what is sensitive needs a fresh proof."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts import outbox
from accounts.directory.models import BusinessAccount, User
from accounts.membership.actions import claims
from accounts.membership.models import Claim
from accounts.outbox.models import OutboxMail
from tests.licensing import license_factories
from tests.personas import SignIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def mail(now: datetime) -> OutboxMail:
    return outbox.post(kind="test", to="a@b.example", subject="Hello", text="", html="", now=now)


@pytest.fixture
def claim(acme: BusinessAccount, mia: User, now: datetime) -> Claim:
    return claims.make(account=acme, by=mia, reason="Alice left.", now=now - timedelta(days=15))


def test_asking_changes_nothing_and_says_what_would(
    desk: Client, mia: User, mail: OutboxMail, claim: Claim
) -> None:
    pages = {
        reverse("staff_mail_cancel", args=[mail.public_id]): "It won't be sent",
        reverse("staff_person_disable", args=[mia.pk]): "The membership in Acme Corp",
        reverse("staff_claim_grant", args=[claim.public_id]): "Alice left.",
        reverse("staff_claim_decline", args=[claim.public_id]): "notified by email",
    }

    for address, said in pages.items():
        assert said in desk.get(address).content.decode()

    assert OutboxMail.objects.get(pk=mail.pk).status == "queued"
    assert User.objects.get(pk=mia.pk).is_active
    assert Claim.objects.open().exists()


def test_the_way_back_is_kept_while_asking(
    desk: Client, acme: BusinessAccount, mail: OutboxMail
) -> None:
    address = reverse("staff_mail_cancel", args=[mail.public_id])
    company = reverse("staff_company", args=[acme.slug])
    referer = {"Referer": settings.PORTAL_ORIGIN + company}

    page = desk.get(address, headers=referer).content.decode()
    answer = desk.post(address, {"next": company}, headers={"Referer": address})

    assert f'name="next" value="{company}"' in page
    assert answer["Location"] == company


def test_it_never_leads_elsewhere(desk: Client, mail: OutboxMail) -> None:
    address = reverse("staff_mail_cancel", args=[mail.public_id])

    answer = desk.post(address, {"next": "https://evil.example/"})

    assert answer["Location"] == reverse("staff_desk")


def test_sensitive_acts_ask_for_a_recent_proof(
    sam: User, mia: User, acme: BusinessAccount, claim: Claim, now: datetime, sign_in: SignIn
) -> None:
    order = license_factories.purchase(acme, email="jane@wniter.example", now=now)
    stale = sign_in(sam, proven_at=time.time() - 310)

    for address, form in {
        reverse("staff_person_disable", args=[mia.pk]): {},
        reverse("staff_claim_grant", args=[claim.public_id]): {},
        reverse("staff_purchase_email", args=[order.license.public_id]): {"email": "a@b.example"},
    }.items():
        answer = stale.post(address, form)
        assert answer["Location"].startswith("/accounts/reauthenticate/"), address

    order.refresh_from_db()
    assert order.primary_email == "jane@wniter.example"
    assert User.objects.get(pk=mia.pk).is_active
    assert Claim.objects.open().exists()
