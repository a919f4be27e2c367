"""Activation files: the same file is the same request, and waits for who has it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from accounts.directory.models import BusinessAccount, User
from licensing.activation.errors import RequestAnswered, RequestNotFound
from licensing.documents import documents
from licensing.offline.actions import offline
from tests.licensing import license_factories, request_file_factories
from tests.licensing.offline_instances import approve, seats_shared

pytestmark = pytest.mark.django_db


def test_an_approved_file_is_answered_at_once_and_for_ninety_days(
    acme: BusinessAccount, alice: User, now: datetime
) -> None:
    license = license_factories.subscription(acme, now=now)
    opened = offline.open_request(
        file=request_file_factories.read(request_file_factories.content()), by=alice, now=now
    )

    approve(opened, acme, license, by=alice, now=now)

    opened.refresh_from_db()
    claims = documents.read_license(opened.document, now=now)
    assert claims["activation"]["channel"] == "offline"
    assert claims["exp"] - claims["iat"] == 90 * 86_400
    assert opened.status == "redeemed"
    assert seats_shared() == 1


def test_the_same_file_again_is_the_same_request(alice: User, now: datetime) -> None:
    content = request_file_factories.content(request_id="r" * 20)
    first = offline.open_request(file=request_file_factories.read(content), by=alice, now=now)

    again = offline.open_request(
        file=request_file_factories.read(content + b"\n"), by=alice, now=now + timedelta(minutes=5)
    )

    assert again == first


def test_a_waiting_file_is_nobody_elses(
    acme: BusinessAccount, alice: User, bob: User, now: datetime
) -> None:
    file = request_file_factories.read(request_file_factories.content())
    offline.open_request(file=file, by=alice, now=now)

    with pytest.raises(RequestNotFound):
        offline.open_request(file=file, by=bob, now=now)


def test_an_answered_file_is_open_to_who_manages_licenses_there(
    acme: BusinessAccount, alice: User, bob: User, mia: User, charlie: User, now: datetime
) -> None:
    file = request_file_factories.read(request_file_factories.content())
    opened = offline.open_request(file=file, by=alice, now=now)
    approve(opened, acme, license_factories.subscription(acme, now=now), by=alice, now=now)

    assert offline.open_request(file=file, by=bob, now=now) == opened
    for stranger in (mia, charlie):
        with pytest.raises(RequestNotFound):
            offline.open_request(file=file, by=stranger, now=now)


def test_a_file_that_nobody_answered_in_time_waits_anew(
    acme: BusinessAccount, alice: User, bob: User, now: datetime
) -> None:
    file = request_file_factories.read(request_file_factories.content())
    license = license_factories.subscription(acme, now=now)
    opened = offline.open_request(file=file, by=alice, now=now)
    later = now + timedelta(minutes=31)
    with pytest.raises(RequestAnswered):
        approve(opened, acme, license, by=alice, now=later)

    again = offline.open_request(file=file, by=bob, now=later)

    assert again == opened
    assert approve(again, acme, license, by=bob, now=later).activated_by == bob


def test_a_license_by_file_ends_the_token_of_the_network(
    acme: BusinessAccount, alice: User, now: datetime
) -> None:
    license = license_factories.subscription(acme, now=now)
    file = request_file_factories.read(request_file_factories.content())
    license_factories.instance(
        acme, now=now, instance_id=file.installation.instance_id, token_digest="t" * 64
    )
    opened = offline.open_request(file=file, by=alice, now=now)

    instance = approve(opened, acme, license, by=alice, now=now).instance

    instance.refresh_from_db()
    assert instance.token_digest is None
