"""The pages of a claim: for whom they exist, and that opening one changes nothing."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client

from accounts.directory.models import BusinessAccount, User
from accounts.membership.actions import claims
from accounts.membership.models import Claim
from accounts.outbox.models import OutboxMail
from tests import factories
from tests.licensing import license_factories
from tests.personas import SignIn

pytestmark = pytest.mark.django_db


def test_a_member_claims_and_the_primary_email_is_told(
    acme: BusinessAccount, mia: User, now: datetime, sign_in: SignIn
) -> None:
    license_factories.purchase(acme, email="buyer@acme.example", now=now)
    browser = sign_in(mia)

    page = browser.post(f"/claim/{acme.slug}/", {"reason": "Alice left."}, follow=True)

    assert "Everyone who could object was notified" in page.content.decode()
    told = OutboxMail.objects.filter(kind="claim_made").values_list("to", flat=True)
    assert set(told) == {"alice@acme.example", "buyer@acme.example"}


def test_a_colleague_at_the_domain_may_claim(
    acme: BusinessAccount, sign_in: SignIn, now: datetime
) -> None:
    eve = factories.person("eve@acme.example")

    assert sign_in(eve).get(f"/claim/{acme.slug}/").status_code == 200


def test_for_everybody_else_there_is_nothing_to_claim(
    acme: BusinessAccount, alice: User, charlie: User, dora: User, sign_in: SignIn
) -> None:
    blocked = factories.person("blocked@acme.example")
    factories.member(acme, blocked, blocked=True)

    for person in (alice, charlie, dora, blocked):
        assert sign_in(person).get(f"/claim/{acme.slug}/").status_code == 404


def test_a_claim_needs_a_reason(acme: BusinessAccount, mia: User, sign_in: SignIn) -> None:
    page = sign_in(mia).post(f"/claim/{acme.slug}/", {"reason": " "})

    assert "Give a reason" in page.content.decode()
    assert not Claim.objects.exists()


def test_the_link_shows_the_claim_and_only_the_button_ends_it(
    acme: BusinessAccount, mia: User, now: datetime
) -> None:
    claim = claims.make(account=acme, by=mia, reason="Alice left.", now=now)
    stranger = Client()

    for _time in range(3):
        assert "Alice left." in stranger.get(claim.get_absolute_url()).content.decode()
    assert Claim.objects.open().exists()
    page = stranger.post(f"{claim.get_absolute_url()}object/", follow=True)

    assert "Someone objected" in page.content.decode()
    assert not Claim.objects.open().exists()


def test_a_made_up_link_is_not_found() -> None:
    assert Client().get("/claims/nonsense/").status_code == 404


def test_a_withdrawn_claim_can_be_made_anew(
    acme: BusinessAccount, mia: User, now: datetime, sign_in: SignIn
) -> None:
    claims.make(account=acme, by=mia, reason="Alice left.", now=now)
    browser = sign_in(mia)

    browser.post(f"/claim/{acme.slug}/withdraw/")

    assert "Claim the account" in browser.get(f"/claim/{acme.slug}/").content.decode()
