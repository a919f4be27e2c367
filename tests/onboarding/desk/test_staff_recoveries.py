"""A lost second step at the desk: one of staff starts, another approves, and nobody alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.directory.models import BusinessAccount, User
from accounts.recovery.actions import recovery_ends
from accounts.recovery.models import SecondStepRecovery
from tests import factories
from tests.personas import SignIn

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


@pytest.fixture
def mia(mia: User, globex: BusinessAccount) -> User:
    """In two accounts, so that only staff can help her."""
    TOTP.activate(mia, generate_totp_secret())
    factories.member(globex, mia)
    return mia


@pytest.fixture
def colleague(db: None, sign_in: SignIn) -> Client:
    """The browser of another person of staff."""
    tess = factories.person("tess@portal.example", "Tess Staff")
    User.objects.filter(pk=tess.pk).update(is_staff=True)
    TOTP.activate(tess, generate_totp_secret())
    return sign_in(tess)


def test_two_of_staff_help_a_person_in_two_accounts(
    acme: BusinessAccount, mia: User, desk: Client, colleague: Client
) -> None:
    start = reverse("staff_person_recovery", args=[mia.pk])
    assert "Remove the second step of Mia Chen" in desk.get(start).content.decode()
    desk.post(start)
    recovery = SecondStepRecovery.objects.get()
    approve = reverse("staff_recovery_approve", args=[recovery.public_id])

    refused = desk.post(approve, follow=True).content.decode()
    assert "Someone else on the support team has to approve it" in refused
    assert approve in colleague.get(reverse("staff_desk")).content.decode()
    assert "Ask Sam Staff how they verified" in colleague.get(approve).content.decode()
    colleague.post(approve)
    assert approve not in colleague.get(reverse("staff_desk")).content.decode()
    recovery_ends.complete_due(now=timezone.now() + timedelta(hours=24))

    assert not Authenticator.objects.filter(user=mia).exists()
    names = [event.event for event in acme.events.order_by("pk")]
    assert names == ["recovery.started", "recovery.approved", "recovery.completed"]


def test_alone_nothing_ever_happens(mia: User, desk: Client) -> None:
    desk.post(reverse("staff_person_recovery", args=[mia.pk]))

    recovery_ends.complete_due(now=timezone.now() + timedelta(days=6))

    assert Authenticator.objects.filter(user=mia).exists()


def test_the_desk_says_why_it_is_not_possible(sam: User, dora: User, desk: Client) -> None:
    own = desk.get(reverse("staff_person_recovery", args=[sam.pk])).content.decode()
    none = desk.get(reverse("staff_person_recovery", args=[dora.pk])).content.decode()

    assert "Ask a colleague" in own
    assert "there&#x27;s nothing to remove" in none
    assert "Start the recovery" not in own + none
    desk.post(reverse("staff_person_recovery", args=[sam.pk]))
    assert not SecondStepRecovery.objects.exists()


def test_the_company_page_leads_there(acme: BusinessAccount, mia: User, desk: Client) -> None:
    page = desk.get(reverse("staff_company", args=[acme.slug])).content.decode()

    assert reverse("staff_person_recovery", args=[mia.pk]) in page
