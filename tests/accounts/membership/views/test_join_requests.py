from __future__ import annotations

from datetime import datetime

import pytest
from django.urls import reverse

from accounts.directory.models import BusinessAccount, User
from accounts.membership.models import JoinRequest
from accounts.outbox.models import OutboxMail
from accounts.permissions import Role
from tests import factories
from tests.personas import SignIn

pytestmark = pytest.mark.django_db
ANSWERS = ["join_request_approve", "join_request_decline"]


@pytest.fixture
def asked(acme: BusinessAccount, now: datetime) -> JoinRequest:
    return factories.join_request(acme, "dora@winter.example", now=now)


def url(name: str, asked: JoinRequest) -> str:
    return reverse(name, kwargs={"slug": asked.account.slug, "public_id": asked.public_id})


def members(account: BusinessAccount) -> str:
    return reverse("member_list", kwargs={"slug": account.slug})


def test_administrators_see_who_asks_and_others_do_not(
    acme: BusinessAccount, alice: User, bob: User, asked: JoinRequest, sign_in: SignIn
) -> None:
    assert "I look after the farm in Graz." in sign_in(alice).get(members(acme)).content.decode()
    assert "Graz" not in sign_in(bob).get(members(acme)).content.decode()


def test_approving_invites_with_the_chosen_role(
    acme: BusinessAccount, alice: User, asked: JoinRequest, sign_in: SignIn
) -> None:
    response = sign_in(alice).post(
        url("join_request_approve", asked), {"role": "license_manager"}, follow=True
    )

    assert "Dora Winter was invited." in response.content.decode()
    assert acme.invitations.get().role == Role.LICENSE_MANAGER
    assert not acme.join_requests.waiting().exists()


def test_declining_is_silent(
    acme: BusinessAccount, alice: User, asked: JoinRequest, sign_in: SignIn
) -> None:
    sign_in(alice).post(url("join_request_decline", asked))

    assert not acme.join_requests.waiting().exists()
    assert not OutboxMail.objects.exists()


def test_a_blocked_member_who_asks_is_not_invited_and_the_request_waits(
    acme: BusinessAccount, alice: User, dora: User, asked: JoinRequest, sign_in: SignIn
) -> None:
    factories.member(acme, dora, blocked=True)

    response = sign_in(alice).post(
        url("join_request_approve", asked), {"role": "member"}, follow=True
    )

    assert "Unblock them instead" in response.content.decode()
    assert acme.join_requests.waiting().count() == 1


@pytest.mark.parametrize("role", ["", "owner"])
def test_approving_without_a_known_role_changes_nothing(
    role: str, acme: BusinessAccount, alice: User, asked: JoinRequest, sign_in: SignIn
) -> None:
    sign_in(alice).post(url("join_request_approve", asked), {"role": role})

    assert acme.join_requests.waiting().count() == 1
    assert not acme.invitations.exists()


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize(("actor", "status"), [("bob", 403), ("mia", 403), ("charlie", 404)])
def test_only_administrators_answer_and_never_by_get(
    name: str,
    actor: str,
    status: int,
    acme: BusinessAccount,
    alice: User,
    bob: User,
    mia: User,
    charlie: User,
    asked: JoinRequest,
    sign_in: SignIn,
) -> None:
    browser = sign_in({"bob": bob, "mia": mia, "charlie": charlie}[actor])

    assert browser.post(url(name, asked), {"role": "member"}).status_code == status
    assert sign_in(alice).get(url(name, asked)).status_code == 405

    assert acme.join_requests.waiting().count() == 1


def test_a_request_that_was_answered_meanwhile_is_refused_with_a_message(
    acme: BusinessAccount, alice: User, asked: JoinRequest, sign_in: SignIn
) -> None:
    browser = sign_in(alice)
    browser.post(url("join_request_decline", asked))

    response = browser.post(
        url("join_request_approve", asked),
        {"role": "member"},
        headers={"Referer": f"http://testserver{members(acme)}"},
        follow=True,
    )

    assert "This request was already answered." in response.content.decode()
    assert not acme.invitations.exists()
