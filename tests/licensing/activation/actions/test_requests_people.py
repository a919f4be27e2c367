"""Who may answer a request, and what handing it over and denying do."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from accounts.audit.models import AuditEvent
from accounts.directory.models import BusinessAccount, User
from accounts.errors import NotAllowed
from accounts.outbox.models import OutboxMail
from licensing.activation.actions import requests
from licensing.activation.errors import RequestAnswered, RequestNotFound
from licensing.activation.models import ActivationRequest
from licensing.activation.models.activation_request import Status
from licensing.activation.models.choice import ApprovalChoice
from licensing.events import Event
from licensing.licenses.models import Key
from tests.licensing import license_factories
from tests.licensing.activation.actions.request_steps import approve, status_of

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def test_mia_and_strangers_approve_nothing(
    asked: ActivationRequest,
    acme: BusinessAccount,
    key: Key,
    mia: User,
    charlie: User,
    now: datetime,
) -> None:
    for person in (mia, charlie):
        with pytest.raises(NotAllowed):
            approve(asked, acme, ApprovalChoice(key=key), person, now)

    assert status_of(asked) == Status.PENDING


def test_what_bob_has_claimed_is_not_alices_to_answer(
    acme: BusinessAccount, key: Key, alice: User, bob: User, now: datetime
) -> None:
    asked = license_factories.request(now=now, claimed_by=bob)

    with pytest.raises(RequestNotFound):
        approve(asked, acme, ApprovalChoice(key=key), alice, now)
    with pytest.raises(RequestNotFound):
        requests.deny(request=asked, by=alice, now=now)
    with pytest.raises(RequestNotFound):
        requests.hand_over(request=asked, account=acme, by=alice, now=now)


def test_after_its_end_nobody_answers(
    asked: ActivationRequest, acme: BusinessAccount, key: Key, alice: User, now: datetime
) -> None:
    late = asked.expires_at

    with pytest.raises(RequestAnswered):
        approve(asked, acme, ApprovalChoice(key=key), alice, late)
    with pytest.raises(RequestAnswered):
        requests.deny(request=asked, by=alice, now=late)


def test_mia_hands_it_to_the_administrators_who_have_a_day(
    asked: ActivationRequest,
    acme: BusinessAccount,
    key: Key,
    alice: User,
    mia: User,
    charlie: User,
    now: datetime,
) -> None:
    requests.hand_over(request=asked, account=acme, by=mia, now=now)
    requests.hand_over(request=asked, account=acme, by=mia, now=now)  # pressed twice

    handed = ActivationRequest.objects.get(pk=asked.pk)
    assert handed.expires_at == now + DAY
    assert OutboxMail.objects.filter(kind="approval_wanted").count() == 1
    assert requests.may_answer(handed, alice)
    assert not requests.may_answer(handed, charlie)
    approve(handed, acme, ApprovalChoice(key=key), alice, now + timedelta(hours=23))
    assert status_of(asked) == Status.APPROVED


def test_outsiders_hand_nothing_over(
    asked: ActivationRequest, acme: BusinessAccount, charlie: User, now: datetime
) -> None:
    with pytest.raises(NotAllowed):
        requests.hand_over(request=asked, account=acme, by=charlie, now=now)

    assert ActivationRequest.objects.get(pk=asked.pk).account is None


def test_denying_says_whether_it_was_ever_asked_for(
    asked: ActivationRequest, acme: BusinessAccount, mia: User, alice: User, now: datetime
) -> None:
    requests.hand_over(request=asked, account=acme, by=mia, now=now)

    requests.deny(request=asked, by=alice, now=now, disowned=True)

    denied = ActivationRequest.objects.get(pk=asked.pk)
    assert (denied.status, denied.disowned, denied.answered_by) == (Status.DENIED, True, alice)
    event = AuditEvent.objects.get(event=Event.REQUEST_DENIED)
    assert event.details["disowned"] is True
