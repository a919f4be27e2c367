"""What staff does about a person: signing out everywhere, keeping out, letting in again."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.directory.models import BusinessAccount, User
from tests import factories
from tests.personas import SignIn

pytestmark = pytest.mark.django_db


def test_staff_signs_a_person_out_everywhere(
    acme: BusinessAccount, mia: User, desk: Client
) -> None:
    browser = Client()
    browser.post("/accounts/login/", {"login": mia.email, "password": factories.PASSWORD})
    assert browser.get("/b/", follow=True).status_code == 200

    desk.post(reverse("staff_sessions_end", args=[mia.pk]))

    assert browser.get(f"/b/{acme.slug}/").status_code == 302


def test_staff_disables_a_person_but_never_the_last_administrator(
    acme: BusinessAccount, alice: User, mia: User, desk: Client
) -> None:
    address = reverse("staff_person_disable", args=[alice.pk])
    told = desk.get(address).content.decode()
    refused = desk.post(address, follow=True)
    desk.post(reverse("staff_person_disable", args=[mia.pk]))

    assert "Alice Reyes is the last active administrator of" in told
    assert "This is the last active administrator" in refused.content.decode()
    assert refused.redirect_chain == [(reverse("staff_desk"), 302)]
    assert User.objects.get(pk=alice.pk).is_active
    assert not User.objects.get(pk=mia.pk).is_active
    answer = Client().post("/accounts/login/", {"login": mia.email, "password": factories.PASSWORD})
    assert "Invalid Email or Password" in answer.content.decode()

    desk.post(reverse("staff_person_enable", args=[mia.pk]))
    assert User.objects.get(pk=mia.pk).is_active


def test_who_is_disabled_stands_in_the_log_of_their_accounts_and_in_their_record(
    acme: BusinessAccount, alice: User, mia: User, dora: User, sign_in: SignIn, desk: Client
) -> None:
    for person in (mia, dora):
        desk.post(reverse("staff_person_disable", args=[person.pk]))

    ended, told = acme.events.order_by("-pk")[:2]
    assert (told.event, told.subject) == ("person.disabled", "Mia Chen")
    assert ended.event == "person.sessions_ended"
    record = desk.get(reverse("admin:accounts_user_history", args=[dora.pk])).content.decode()
    assert "Sign-in disabled by staff" in record
    members = sign_in(alice).get(reverse("member_list", args=[acme.slug])).content.decode()
    assert "Sign-in disabled by support" in members


def test_staff_never_locks_itself_out(sam: User, desk: Client) -> None:
    answer = desk.post(reverse("staff_person_disable", args=[sam.pk]), follow=True)

    assert "lock yourself out" in answer.content.decode()
    assert User.objects.get(pk=sam.pk).is_active
