"""The list of licenses and one of them: everything the company owns, nothing of others (A1)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.directory.models import BusinessAccount, User
from licensing.licenses.models import License
from licensing.purchases.models import Purchase
from tests.licensing import license_factories
from tests.personas import SignIn

pytestmark = pytest.mark.django_db


def url(name: str, account: BusinessAccount, **kwargs: object) -> str:
    return reverse(name, kwargs={"slug": account.slug, **kwargs})


def read(browser: Client, address: str, **query: str) -> str:
    page = browser.get(address, query)
    assert page.status_code == 200
    return page.content.decode()


def test_licenses_stand_by_product_with_the_last_five_of_their_keys_only(
    acme: BusinessAccount, alice: User, now: datetime, sign_in: SignIn
) -> None:
    drawing = license_factories.subscription(
        acme, now=now, name="Drawing", product="desktop-business"
    )
    ras = license_factories.subscription(acme, now=now, name="Subscription 2027")

    page = read(sign_in(alice), url("license_list", acme))

    places = [
        page.index(text) for text in ("<h2>Remote", ">Subscription 2027<", "<h2>Desktop", "Drawing")
    ]
    assert places == sorted(places)
    for license in (drawing, ras):
        key = license_factories.primary_key(license)
        assert f"…{key.last_five}" in page
        assert key.code not in page


def test_a_row_says_status_seats_and_how_far_the_end_is(
    acme: BusinessAccount, alice: User, now: datetime, sign_in: SignIn
) -> None:
    license = license_factories.subscription(acme, now=now, ends_on=now.date() + timedelta(days=21))
    license_factories.key(license, now=now, reserved=62, name="Graz")

    page = read(sign_in(alice), url("license_list", acme))

    assert "Expires soon" in page
    assert "62 of 100 · 38 left" in page
    assert "in 3 weeks" in page


def test_mia_sees_licenses_and_no_buttons(
    acme: BusinessAccount, mia: User, now: datetime, sign_in: SignIn
) -> None:
    license = license_factories.subscription(acme, now=now)

    the_list = read(sign_in(mia), url("license_list", acme))
    the_page = read(sign_in(mia), license.get_absolute_url())

    assert "Subscription 2027" in the_list
    assert "Register a key" not in the_list
    assert "Primary key" in the_page
    for act in ("Cut a key", "/reveal/", "/rename/", "/revoke/", "enrollment token"):
        assert act not in the_page


def test_charlie_reaches_nothing_of_acme(
    acme: BusinessAccount, globex: BusinessAccount, charlie: User, now: datetime, sign_in: SignIn
) -> None:
    license = license_factories.subscription(acme, now=now)
    browser = sign_in(charlie)

    assert browser.get(url("license_list", acme)).status_code == 404
    assert browser.get(url("license_export", acme)).status_code == 404
    assert browser.get(license.get_absolute_url()).status_code == 404
    # Nor through the account that is theirs.
    through = url("license", globex, public_id=license.public_id)
    assert browser.get(through).status_code == 404
    assert "Subscription 2027" not in read(browser, url("license_list", globex))
    key = license_factories.primary_key(license)
    found = read(browser, url("license_list", globex), q=key.code, product="ras")
    assert "Subscription 2027" not in found


def test_an_account_without_licenses_learns_what_will_be_here(
    acme: BusinessAccount, bob: User, mia: User, sign_in: SignIn
) -> None:
    assert url("license_add", acme) in read(sign_in(bob), url("license_list", acme))

    page = read(sign_in(mia), url("license_list", acme))

    assert "No licenses yet" in page
    assert url("license_add", acme) not in page


def test_a_search_without_result_leads_back(
    acme: BusinessAccount, alice: User, now: datetime, sign_in: SignIn
) -> None:
    license_factories.subscription(acme, now=now)

    page = read(sign_in(alice), url("license_list", acme), q="Mars")

    assert "No license matches." in page
    assert 'value="Mars"' in page


@pytest.mark.embedded
def test_paging_shows_every_license_once_by_product(
    acme: BusinessAccount, alice: User, now: datetime, sign_in: SignIn
) -> None:
    products = ["ras", "desktop-business", "access-business"]
    made = [
        license_factories.subscription(acme, now=now, product=products[number % 3]).pk
        for number in range(60)
    ]
    browser, seen, after, more = sign_in(alice), list[License](), "", []

    for _page in range(3):
        page = browser.get(url("license_list", acme), {"after": after, "kind": "subscription"})
        seen += page.context["page"].rows
        after = str(page.context["page"].last.public_id)
        more.append(page.context["page"].has_more)

    assert more == [True, True, False]
    assert sorted(each.pk for each in seen) == made
    assert [each.product for each in seen] == [name for name in products for _each in range(20)]
    assert (
        "kind=subscription"
        in browser.get(url("license_list", acme), {"kind": "subscription"}).content.decode()
    )


@pytest.mark.parametrize("after", ["1b4e28ba-2fa1-11d2-883f-0016d3cca427", "nonsense", "'; --"])
def test_a_page_key_that_leads_nowhere_shows_the_first_page(
    after: str, acme: BusinessAccount, alice: User, now: datetime, sign_in: SignIn
) -> None:
    license_factories.subscription(acme, now=now)

    page = sign_in(alice).get(url("license_list", acme), {"after": after}, follow=True)

    assert "Subscription 2027" in page.content.decode()


def test_a_license_costs_8_queries_whatever_hangs_on_it(
    acme: BusinessAccount, alice: User, now: datetime, sign_in: SignIn
) -> None:
    license = license_factories.subscription(acme, now=now, seats=1000)
    browser = sign_in(alice)
    read(browser, license.get_absolute_url())  # the first visit notes "last seen"

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            read(browser, license.get_absolute_url())
        return len(captured)

    few = queries()
    for number in range(30):
        key = license_factories.key(license, now=now, reserved=5, name=f"Site {number}")
        farm = license_factories.instance(acme, now=now, name=f"Farm {number}")
        license_factories.activation(farm, key, now=now)
        license_factories.key(license, now=now, reserved=1, name="Old")
    license.keys.filter(name="Old").update(revoked_at=now)

    assert few == queries() <= 8


def test_the_page_shows_facts_keys_instances_and_the_purchase(
    acme: BusinessAccount, alice: User, now: datetime, sign_in: SignIn
) -> None:
    license = license_factories.subscription(acme, now=now)
    graz = license_factories.key(license, now=now, reserved=30, name="Graz")
    license_factories.activation(
        license_factories.instance(acme, now=now, name="Farm Graz"), graz, now=now
    )
    Purchase.objects.create(
        order_number="SO-1182",
        channel="reseller",
        company="Acme",
        primary_email="dana@acme.example",
        primary_email_display="dana@acme.example",
        product="ras",
        kind="subscription",
        seats=100,
        starts_on=license.starts_on,
        license=license,
        content_digest="x",
        created_at=now,
    )

    page = read(sign_in(alice), license.get_absolute_url())

    for text in (
        "Every version, including new ones.",
        "30 of 100 · 70 left",
        f"…{graz.last_five}",
        "Farm Graz",
        "SO-1182",
        "Bought through a reseller.",
        "is in the term.",
    ):
        assert text in page
    assert graz.code not in page
    assert "dana@acme.example" not in page


def test_beside_a_page_of_keys_stand_the_instances_that_run_under_them(
    acme: BusinessAccount, alice: User, now: datetime, sign_in: SignIn
) -> None:
    license = license_factories.subscription(acme, now=now)
    for number in range(26):
        key = license_factories.key(license, now=now, reserved=2, name=f"Site {number}")
        license_factories.licensed(acme, key, now, f"Farm of site {number}")

    browser = sign_in(alice)
    first = browser.get(license.get_absolute_url())
    last = first.context["keys"].last.public_id
    second = browser.get(license.get_absolute_url(), {"keys_after": last})

    shown = [each.activation.instance.name for each in first.context["running"]]
    assert shown == [f"Farm of site {number}" for number in range(23, -1, -1)]
    assert first.context["more_run"]
    shown = [each.activation.instance.name for each in second.context["running"]]
    assert shown == ["Farm of site 25", "Farm of site 24"]
