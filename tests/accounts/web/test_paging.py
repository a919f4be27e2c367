"""Counts that end somewhere, and rows that any of several parts has."""

from __future__ import annotations

import pytest

from accounts.directory.models import BusinessAccount, Membership
from accounts.web import paging
from accounts.web.paging import CountUpTo, any_of, bounded, counted
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


def test_more_than_a_thousand_read_as_such() -> None:
    assert [counted(number) for number in (0, 999, 1000, 1001)] == ["0", "999", "1,000", "1,000+"]


def test_a_count_reads_no_more_rows_than_it_says(
    acme: BusinessAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    factories.crowd(acme, 10)
    monkeypatch.setattr(paging, "MAX_COUNTED", 5)
    members = acme.memberships.all()

    row = BusinessAccount.objects.filter(pk=acme.pk).values_list(
        CountUpTo(members, 4), CountUpTo(members, 400)
    )

    assert paging.count(members) == 6
    assert row.get() == (4, members.count())


def test_parts_are_bounded_each_by_itself(acme: BusinessAccount) -> None:
    factories.crowd(acme, 10)
    members = acme.memberships.all()

    found = Membership.objects.filter(
        pk__in=any_of([members.order_by("pk")[:2], members.order_by("-pk")[:3]])
    )

    every = list(members.order_by("pk"))
    assert list(found.order_by("pk")) == [*every[:2], *every[-3:]]


@pytest.mark.parametrize(("words", "found"), [("cr", 2), ("c", 2), ("crowd", 10), ("", 10)])
def test_short_words_are_looked_for_among_the_first_rows_only(
    acme: BusinessAccount, monkeypatch: pytest.MonkeyPatch, words: str, found: int
) -> None:
    factories.crowd(acme, 10)
    monkeypatch.setattr(paging, "MAX_LOOKED_THROUGH", 2)
    crowd = acme.memberships.filter(user__name__startswith="Crowd").order_by("listed_as")

    assert bounded(crowd, crowd, words).count() == found
