"""The overview of a business account (DESIGN, Overview)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import BusinessAccount, User
from accounts.permissions import Role
from tests import factories
from tests.personas import SignIn


def url(account: BusinessAccount) -> str:
    return reverse("account_overview", kwargs={"slug": account.slug})


def test_charlie_cannot_see_acme(acme: BusinessAccount, charlie: User, sign_in: SignIn) -> None:
    assert sign_in(charlie).get(url(acme)).status_code == 404


def test_a_blocked_member_is_told_so(acme: BusinessAccount, dora: User, sign_in: SignIn) -> None:
    factories.member(acme, dora, blocked=True)

    page = sign_in(dora).get(url(acme))

    assert page.status_code == 403
