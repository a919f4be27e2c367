"""The first steps of a new account, on its overview."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse

from accounts.directory.models import BusinessAccount, User
from accounts.permissions import Role
from tests import factories
from tests.licensing import license_factories
from tests.personas import SignIn

pytestmark = pytest.mark.django_db


def url(account: BusinessAccount) -> str:
    return reverse("account_overview", kwargs={"slug": account.slug})


def test_first_steps_tick_themselves_off(
    acme: BusinessAccount, alice: User, now: datetime, sign_in: SignIn
) -> None:
    acme.created_at = now - timedelta(days=1)
    acme.save()
    browser = sign_in(alice)

    def done() -> list[bool]:
        return [step.done for step in browser.get(url(acme)).context["steps"]]

    assert done() == [True, False, False, False, False, False]
    assert browser.get(url(acme)).context["attention"] == []  # the steps say it already
    license = license_factories.subscription(acme, now=now)
    assert done() == [True, True, False, False, False, False]
    said = [step.why for step in browser.get(url(acme)).context["steps"]]
    assert "It's already here: Remote Application Server." in said
    license_factories.licensed(acme, license_factories.primary_key(license), now)
    assert done() == [True, True, True, False, False, False]
    Authenticator.objects.create(user=alice, type=Authenticator.Type.TOTP, data={})
    assert done() == [True, True, True, True, False, False]
    factories.invitation(acme, "eve@acme.example", by=alice, now=now)
    assert done() == [True, True, True, True, False, True]
    factories.invitation(acme, "two@acme.example", by=alice, now=now, role=Role.ADMINISTRATOR)
    assert done() == []


def test_an_old_account_has_no_first_steps(
    acme: BusinessAccount, alice: User, sign_in: SignIn
) -> None:
    assert sign_in(alice).get(url(acme)).context["steps"] == []
