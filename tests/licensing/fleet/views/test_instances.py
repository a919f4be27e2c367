"""The list of instances, the list as a file, and the page of one."""

from __future__ import annotations

import csv
import uuid
from datetime import datetime
from io import StringIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.directory.models import BusinessAccount, User
from licensing.licenses.models import Key
from tests.licensing import license_factories, many_instances
from tests.personas import SignIn

pytestmark = pytest.mark.django_db


def url(account: BusinessAccount, name: str = "instance_list", **kwargs: Any) -> str:
    return reverse(name, kwargs={"slug": account.slug, **kwargs})


def names(browser: Client, account: BusinessAccount, query: str = "") -> list[str]:
    """The names on the list, in order."""
    return [line.instance.name for line in browser.get(url(account) + query).context["lines"]]


@pytest.fixture
def key(acme: BusinessAccount, now: datetime) -> Key:
    return license_factories.primary_key(license_factories.subscription(acme, now=now))


def test_charlie_sees_nothing_of_acme(
    acme: BusinessAccount, globex: BusinessAccount, charlie: User, key: Key, now: datetime,
    sign_in: SignIn,
) -> None:  # fmt: skip
    instance = license_factories.licensed(acme, key, now, "Farm One")
    browser = sign_in(charlie)

    assert browser.get(url(acme)).status_code == 404
    assert browser.get(url(acme, "instance", public_id=instance.public_id)).status_code == 404
    assert browser.get(url(globex, "instance", public_id=instance.public_id)).status_code == 404
    assert browser.get(url(globex) + f"?key={key.public_id}").status_code == 404
    assert names(browser, globex) == []


def test_an_empty_list_teaches_how_to_begin(
    acme: BusinessAccount, mia: User, sign_in: SignIn
) -> None:
    page = sign_in(mia).get(url(acme)).content.decode()

    assert "No instances yet" in page
    assert "It shows a link and a code" in page
    assert f'href="{reverse("activate")}"' in page


def test_mia_reads_what_each_instance_runs_under(
    acme: BusinessAccount, mia: User, key: Key, now: datetime, sign_in: SignIn
) -> None:
    license_factories.licensed(acme, key, now, "Farm One", peak_users=41, last_check_in_at=now)

    page = sign_in(mia).get(url(acme)).content.decode()

    for text in ("Farm One", "ras1.acme.example", "Subscription 2027", f"…{key.last_five}"):
        assert text in page
    assert "41 of 100" in page
    assert key.code not in page


def test_pages_follow_by_name_and_keep_what_the_list_is_narrowed_to(
    acme: BusinessAccount, mia: User, now: datetime, sign_in: SignIn
) -> None:
    for number in range(30):
        # Same names, too: the second page starts in the middle of them.
        license_factories.instance(acme, now=now, name="Same" if number < 28 else f"zone {number}")
    browser = sign_in(mia)
    first = browser.get(url(acme) + "?q=s&state=deactivated")

    after = first.context["page"].last.public_id
    second = browser.get(url(acme) + f"?state=deactivated&after={after}")

    assert f"state=deactivated&amp;after={after}" in first.content.decode()
    seen = [line.instance.pk for page in (first, second) for line in page.context["lines"]]
    assert len(seen) == len(set(seen)) == 30
    gone = browser.get(url(acme) + f"?after={uuid.uuid4()}")
    assert gone.status_code == 302


def test_the_list_costs_as_many_queries_with_10000_instances_as_with_10(
    acme: BusinessAccount, mia: User, key: Key, now: datetime, sign_in: SignIn
) -> None:
    browser, counts = sign_in(mia), []
    browser.get(url(acme))  # notes the visit

    for many in (20, 9980):
        many_instances.make(acme, key, many, now=now)
        for query in ("", "?state=silent", f"?license={key.license.public_id}&q=farm"):
            with CaptureQueriesContext(connection) as queries:
                page = browser.get(url(acme) + query)
            assert page.status_code == 200
            counts.append(len(queries))

    assert counts[:3] == counts[3:]
    assert max(counts) <= 7


def test_the_file_holds_the_rows_of_the_list_and_no_formula(
    acme: BusinessAccount, mia: User, key: Key, now: datetime, sign_in: SignIn
) -> None:
    license_factories.licensed(acme, key, now, "Farm One", note="=1+1", peak_users=7)
    license_factories.instance(acme, now=now, name="Old")

    answer = sign_in(mia).get(url(acme, "instance_export") + "?state=licensed")

    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    (row,) = csv.DictReader(StringIO(text))
    assert row["Name"] == "Farm One"
    assert row["Note"] == "'=1+1"
    assert (row["State"], row["Peak users"], row["Seats"]) == ("Licensed", "7", "100")
    assert row["Key ends in"] == key.last_five
