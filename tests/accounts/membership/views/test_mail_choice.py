"""Everyone chooses their own mails."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.directory.models import BusinessAccount, User
from tests.personas import SignIn, membership_of

pytestmark = pytest.mark.django_db


def test_alice_turns_reminders_off_and_on(
    acme: BusinessAccount, alice: User, sign_in: SignIn
) -> None:
    url, browser = reverse("mail_choice", args=[acme.slug]), sign_in(alice)

    browser.post(url, {})
    assert membership_of(alice, acme).wants_reminders is False

    page = browser.post(url, {"wants_reminders": "on"}, follow=True)
    assert membership_of(alice, acme).wants_reminders is True
    assert "Your choice was saved." in page.content.decode()
