"""What a membership copies from its person, so that lists need no other table."""

from __future__ import annotations

from datetime import datetime

import pytest

from accounts.directory.models import BusinessAccount, Membership, User
from accounts.membership.actions import members
from tests import factories

pytestmark = pytest.mark.django_db


def listed(account: BusinessAccount) -> list[str]:
    rows = account.memberships.order_by("listed_as", "pk")
    return list(rows.values_list("user__email", flat=True))


def test_members_stand_by_name_and_a_short_name_before_a_longer_one(
    acme: BusinessAccount, now: datetime
) -> None:
    acme.memberships.all().delete()
    for email, name in (
        ("z@acme.example", "Ann"),
        ("a@acme.example", "Ann Lee"),
        ("m@acme.example", "ÄNNE"),
        ("b@acme.example", "ann"),
    ):
        factories.member(acme, factories.person(email, name), now=now)

    assert listed(acme) == ["b@acme.example", "z@acme.example", "a@acme.example", "m@acme.example"]


def test_a_person_who_changes_name_or_email_is_found_by_the_new_one_everywhere(
    acme: BusinessAccount, globex: BusinessAccount, mia: User, now: datetime
) -> None:
    factories.member(globex, mia, now=now)

    mia.name = "Mia Adams"
    mia.save(update_fields=["name"])
    mia.email = "mia@adams.example"
    mia.save()

    copies = set(Membership.objects.filter(user=mia).values_list("listed_as", "email_domain"))
    assert copies == {("mia adams\nmia@adams.example", "adams.example")}


def test_rows_made_together_are_filled_in_too(acme: BusinessAccount, now: datetime) -> None:
    people = factories.crowd(acme, 3)

    assert {each.email for each in people} <= set(listed(acme))
    assert not Membership.objects.filter(listed_as="").exists()


def test_what_an_earlier_release_left_empty_is_filled_in(acme: BusinessAccount, mia: User) -> None:
    Membership.objects.filter(user=mia).update(listed_as="", email_domain="")

    assert members.fill_in_copies() == 1

    member = Membership.objects.get(user=mia)
    assert member.listed_as == f"{mia.name.lower()}\n{mia.email}"
    assert member.email_domain == "acme.example"
    assert members.fill_in_copies() == 0
