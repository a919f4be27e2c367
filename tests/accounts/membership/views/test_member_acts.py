"""One address for each thing done to a member: it asks once, acts by POST, and may be refused."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.directory.models import BusinessAccount, Membership, User
from accounts.permissions import Role
from tests import factories
from tests.personas import SignIn, membership_of

pytestmark = pytest.mark.django_db
ACTS = ["member_role", "member_block", "member_unblock", "member_remove"]


def url(name: str, member: Membership) -> str:
    return reverse(name, kwargs={"slug": member.account.slug, "public_id": member.public_id})


@pytest.mark.parametrize("name", ACTS)
@pytest.mark.parametrize(("actor", "status"), [("bob", 403), ("mia", 403), ("charlie", 404)])
def test_only_administrators_reach_it(
    name: str,
    actor: str,
    status: int,
    acme: BusinessAccount,
    bob: User,
    mia: User,
    charlie: User,
    sign_in: SignIn,
) -> None:
    browser = sign_in({"bob": bob, "mia": mia, "charlie": charlie}[actor])
    address = url(name, membership_of(mia, acme))

    assert browser.get(address).status_code == status
    assert browser.post(address, {"role": Role.ADMINISTRATOR}).status_code == status

    member = membership_of(mia, acme)
    assert (member.role, member.blocked_at) == (Role.MEMBER, None)


@pytest.mark.parametrize("name", ACTS)
def test_alice_cannot_reach_members_of_globex_through_acme(
    name: str,
    acme: BusinessAccount,
    alice: User,
    charlie: User,
    globex: BusinessAccount,
    sign_in: SignIn,
) -> None:
    charlies = membership_of(charlie, globex)
    address = reverse(name, kwargs={"slug": acme.slug, "public_id": charlies.public_id})

    assert sign_in(alice).post(address, {"role": Role.MEMBER}).status_code == 404

    assert membership_of(charlie, globex).role == Role.ADMINISTRATOR


@pytest.mark.parametrize("name", ["member_block", "member_remove"])
def test_a_dangerous_act_asks_first_and_says_what_is_lost(
    name: str, acme: BusinessAccount, alice: User, mia: User, sign_in: SignIn
) -> None:
    mias = membership_of(mia, acme)

    page = sign_in(alice).get(url(name, mias)).content.decode()

    assert "Mia Chen loses access to Acme Corp" in page
    assert acme.memberships.active().filter(user=mia).exists()


def test_alice_changes_a_role(
    acme: BusinessAccount, alice: User, mia: User, sign_in: SignIn
) -> None:
    mias = membership_of(mia, acme)

    response = sign_in(alice).post(
        url("member_role", mias), {"role": "license_manager"}, follow=True
    )

    assert "Mia Chen is now: License manager." in response.content.decode()
    assert membership_of(mia, acme).role == Role.LICENSE_MANAGER


@pytest.mark.parametrize("role", ["", "owner", "administrator\x00"])
def test_an_unknown_role_is_refused_at_the_field(
    role: str, acme: BusinessAccount, alice: User, mia: User, sign_in: SignIn
) -> None:
    response = sign_in(alice).post(url("member_role", membership_of(mia, acme)), {"role": role})

    assert response.status_code == 200
    assert response.context["form"].errors["role"]
    assert membership_of(mia, acme).role == Role.MEMBER


def test_alice_blocks_and_undoes_it(
    acme: BusinessAccount, alice: User, mia: User, sign_in: SignIn
) -> None:
    mias, browser = membership_of(mia, acme), sign_in(alice)

    page = browser.post(url("member_block", mias), follow=True).content.decode()
    assert "Mia Chen is blocked." in page
    assert sign_in(mia).get(f"/b/{acme.slug}/").status_code == 403
    assert f'action="{url("member_unblock", mias)}"' in page

    browser.post(url("member_unblock", mias))
    assert sign_in(mia).get(f"/b/{acme.slug}/").status_code == 200


def test_unblocking_is_never_a_get(
    acme: BusinessAccount, alice: User, dora: User, sign_in: SignIn
) -> None:
    blocked = factories.member(acme, dora, blocked=True)

    assert sign_in(alice).get(url("member_unblock", blocked)).status_code == 405

    assert not acme.memberships.active().filter(user=dora).exists()


def test_alice_removes_mia(acme: BusinessAccount, alice: User, mia: User, sign_in: SignIn) -> None:
    mias = membership_of(mia, acme)

    response = sign_in(alice).post(url("member_remove", mias), follow=True)

    assert "Mia Chen was removed." in response.content.decode()
    assert not acme.memberships.filter(user=mia).exists()


@pytest.mark.parametrize("name", ["member_role", "member_block", "member_remove"])
def test_the_last_administrator_is_told_what_to_do_first(
    name: str, acme: BusinessAccount, alice: User, sign_in: SignIn
) -> None:
    address, browser = url(name, membership_of(alice, acme)), sign_in(alice)

    assert "Make someone else an administrator first" in browser.get(address).content.decode()
    refused = browser.post(address, {"role": Role.MEMBER}, headers={"Referer": address})

    assert refused.status_code == 409
    assert "Make someone else an administrator first" in refused.content.decode()
    assert membership_of(alice, acme).role == Role.ADMINISTRATOR


def test_mia_leaves(acme: BusinessAccount, mia: User, sign_in: SignIn) -> None:
    browser, address = sign_in(mia), reverse("member_leave", kwargs={"slug": acme.slug})

    assert "Leave Acme Corp?" in browser.get(address).content.decode()
    assert acme.memberships.filter(user=mia).exists()
    browser.post(address)

    assert not acme.memberships.filter(user=mia).exists()
    assert browser.get(f"/b/{acme.slug}/").status_code == 404


def test_alice_leaves_only_once_there_is_another_administrator(
    acme: BusinessAccount, alice: User, dora: User, sign_in: SignIn
) -> None:
    browser, address = sign_in(alice), reverse("member_leave", kwargs={"slug": acme.slug})

    assert browser.post(address).status_code == 409
    factories.member(acme, dora, Role.ADMINISTRATOR)
    assert browser.post(address).status_code == 302

    assert not acme.memberships.filter(user=alice).exists()
