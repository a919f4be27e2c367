"""The only administrator is gone: a claim, notice to everyone, 14 days, and a decision by staff."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.audit.models import AuditEvent
from accounts.directory.models import BusinessAccount, User
from accounts.errors import ClaimAlreadyOpen, ClaimEnded, NotAllowed
from accounts.membership.actions import claims
from accounts.membership.models import Claim
from accounts.outbox.models import OutboxMail
from accounts.permissions import Role
from tests import factories
from tests.personas import membership_of

pytestmark = pytest.mark.django_db
LATER = timedelta(days=14, seconds=1)


@pytest.fixture
def claim(acme: BusinessAccount, mia: User, now: datetime) -> Claim:
    return claims.make(
        account=acme, by=mia, reason="Alice left.", also_tell=["buyer@acme.example"], now=now
    )


@pytest.fixture
def staff(db: None) -> User:
    user = factories.person("sam@portal.example", "Sam Staff")
    user.is_staff = True
    user.save(update_fields=["is_staff"])
    return user


def mailed(kind: str) -> list[str]:
    return sorted(OutboxMail.objects.filter(kind=kind).values_list("to", flat=True))


def test_everyone_who_could_object_is_told(claim: Claim) -> None:
    assert mailed("claim_made") == ["alice@acme.example", "buyer@acme.example"]
    assert claim.object_until - claim.created_at == timedelta(days=14)


def test_claiming_twice_is_one_claim_and_one_mail(
    claim: Claim, acme: BusinessAccount, mia: User, bob: User, now: datetime
) -> None:
    again = claims.make(account=acme, by=mia, reason="Really.", now=now)

    assert again == claim
    assert len(mailed("claim_made")) == 2
    with pytest.raises(ClaimAlreadyOpen):
        claims.make(account=acme, by=bob, reason="Me, too.", now=now)


def test_an_administrator_has_nothing_to_claim(
    acme: BusinessAccount, alice: User, now: datetime
) -> None:
    with pytest.raises(NotAllowed):
        claims.make(account=acme, by=alice, reason="Why not?", now=now)


def test_one_objection_ends_it(claim: Claim, alice: User, staff: User, now: datetime) -> None:
    claims.object_to(claim=claim, by=alice, now=now)

    assert mailed("claim_objected") == ["mia@acme.example"]
    with pytest.raises(ClaimEnded):
        claims.decide(claim=claim, granted=True, by=staff, now=now + LATER)
    with pytest.raises(ClaimEnded):
        claims.object_to(claim=claim, by=None, now=now)


def test_only_who_claimed_withdraws(claim: Claim, mia: User, bob: User, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        claims.withdraw(claim=claim, by=bob, now=now)

    claims.withdraw(claim=claim, by=mia, now=now)

    assert not Claim.objects.open().exists()


def test_staff_grants_when_nobody_objected_in_time(
    claim: Claim, acme: BusinessAccount, mia: User, staff: User, now: datetime
) -> None:
    with pytest.raises(ClaimAlreadyOpen):
        claims.decide(claim=claim, granted=True, by=staff, now=now + timedelta(days=13))

    claims.decide(claim=claim, granted=True, by=staff, now=now + LATER)

    assert membership_of(mia, acme).role == Role.ADMINISTRATOR
    assert mailed("claim_decided") == ["alice@acme.example", "mia@acme.example"]


def test_a_stranger_to_the_account_becomes_administrator_by_a_granted_claim(
    acme: BusinessAccount, dora: User, staff: User, now: datetime
) -> None:
    claim = claims.make(account=acme, by=dora, reason="I took over from Alice.", now=now)

    claims.decide(claim=claim, granted=True, by=staff, now=now + LATER)

    assert membership_of(dora, acme).role == Role.ADMINISTRATOR


def test_staff_declines_at_any_time_and_only_staff_decides(
    claim: Claim, mia: User, alice: User, staff: User, now: datetime
) -> None:
    with pytest.raises(NotAllowed):
        claims.decide(claim=claim, granted=False, by=alice, now=now)

    claims.decide(claim=claim, granted=False, by=staff, now=now)

    assert mailed("claim_decided") == ["alice@acme.example", "mia@acme.example"]


def test_a_declined_claim_is_told_to_each_as_theirs(
    claim: Claim, staff: User, now: datetime
) -> None:
    claims.decide(claim=claim, granted=False, by=staff, now=now)

    told = OutboxMail.objects.filter(kind="claim_decided")
    to_alice, to_mia = told.get(to="alice@acme.example"), told.get(to="mia@acme.example")
    for body in (to_alice.text, to_alice.html):
        assert "declined the claim of Mia" in body
        assert "your claim" not in body
    for body in (to_mia.text, to_mia.html):
        assert "declined your claim" in body


def test_the_database_refuses_a_grant_before_the_time_to_object(
    claim: Claim, staff: User, now: datetime
) -> None:
    with pytest.raises(IntegrityError, match="claim_granted_after"), transaction.atomic():
        Claim.objects.filter(pk=claim.pk).update(decided_at=now, decided_by=staff, granted=True)


def test_every_step_is_audited(claim: Claim, alice: User, now: datetime) -> None:
    claims.object_to(claim=claim, by=alice, now=now)

    events = AuditEvent.objects.filter(event__startswith="claim.").order_by("pk")
    assert list(events.values_list("event", flat=True)) == ["claim.made", "claim.objected"]
