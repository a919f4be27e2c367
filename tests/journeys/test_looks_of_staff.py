"""The pages of the vendor's staff: accessible, light, nothing cut off, and fit for a finger."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page

from accounts import outbox
from accounts.directory.models import BusinessAccount, User
from accounts.membership.actions import claims
from accounts.outbox.models import OutboxMail
from onboarding.support.models import SupportMessage
from tests import factories
from tests.journeys.conftest import NewPage
from tests.journeys.page_checks import look_at
from tests.journeys.touch_targets import PHONE, too_small
from tests.licensing import license_factories, purchase_factories
from tests.licensing.uploads import checked, own_folder, started, upload, work

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
pytestmark += [pytest.mark.usefixtures("own_folder")]
__all__ = ["own_folder"]


@pytest.fixture
def story(acme: BusinessAccount, alice: User, mia: User, sam: User, now: datetime) -> list[str]:
    """A company with something of everything, and the addresses that show it."""
    claim = claims.make(account=acme, by=mia, reason="Alice left.", now=now - timedelta(days=15))
    factories.crowd(acme, 12)
    factories.invitation(acme, "eve@acme.example", by=alice, now=now)
    factories.invitation(acme, "old@acme.example", by=alice, now=now - timedelta(days=20))
    bought = license_factories.purchase(
        acme, email="jane@winter.example", now=now, order_number="N-4711"
    )
    license_factories.licensed(acme, license_factories.primary_key(bought.license), now, "Farm One")
    mail = outbox.post(kind="t", to="a@b.example", subject="x", text="", html="", now=now)
    OutboxMail.objects.filter(pk=mail.pk).update(
        account=acme, attempts=3, last_error="550 5.1.1 <a-mailbox-with-a-long-name@b.example>"
    )
    SupportMessage.objects.create(
        form_token=uuid.uuid4(),
        reference="7QK-DM4P",
        email=mia.email,
        email_proven=True,
        subject="No code",
        message="I waited for an hour.",
        created_at=now,
    )
    return [
        *(reverse(name) for name in ("staff_desk", "staff_purchases", "admin:index")),
        *(f"{reverse('staff_desk')}?q={words}" for words in ("Acme", mia.email, "nothing")),
        reverse("staff_company", args=[acme.slug]),
        reverse("staff_claim_grant", args=[claim.public_id]),
        reverse("staff_claim_decline", args=[claim.public_id]),
        reverse("staff_mail_cancel", args=[mail.public_id]),
        reverse("staff_person_disable", args=[mia.pk]),
        reverse("staff_purchase_email", args=[bought.license.public_id]),
    ]


@pytest.fixture
def files(sam: User) -> list[str]:
    """Files of purchases, one in each state."""
    done = started(sam, purchase_factories.line(order_number="SO-2"))
    work(done)
    refused = checked(sam, purchase_factories.line(seats="many", company=""))
    ready = checked(sam, purchase_factories.line())
    came = upload(sam, purchase_factories.line(order_number="SO-3"))
    return [reverse("staff_import", args=[each.public_id]) for each in (came, ready, refused, done)]


def at_the_desk(page: Page, desk: Client, portal: str) -> None:
    """Give the browser Sam's session: signing in with two steps is another journey."""
    name = settings.SESSION_COOKIE_NAME
    cookie: Any = {"name": name, "value": desk.cookies[name].value, "url": portal}
    page.context.add_cookies([cookie])


def test_pages_of_staff(
    page: Page, portal: str, desk: Client, story: list[str], files: list[str]
) -> None:
    at_the_desk(page, desk, portal)

    assert look_at(page, story + files) == []


def test_pages_of_staff_under_a_finger(
    new_page: NewPage, portal: str, desk: Client, story: list[str], files: list[str]
) -> None:
    phone, small = new_page(viewport=PHONE, has_touch=True, is_mobile=True), []
    at_the_desk(phone, desk, portal)

    for address in story + files:
        phone.goto(address)
        small += [f"{address} {each}" for each in too_small(phone)]

    assert small == []
