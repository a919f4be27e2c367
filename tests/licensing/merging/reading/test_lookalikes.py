"""Which other account looks like the same company, why, and what nobody is told."""

from __future__ import annotations

import uuid
from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.directory.models import BusinessAccount, Membership, User
from accounts.permissions import Role
from licensing.licenses.actions import licenses
from licensing.licenses.errors import KeyTaken
from licensing.licenses.models import KeyAttempt
from licensing.merging.reading import lookalikes
from licensing.merging.reading.lookalike_signs import LookalikeSign
from licensing.purchases.models import Buyer
from tests import factories
from tests.licensing import license_factories, many_instances

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


@pytest.fixture
def acme_two(acme: BusinessAccount, now: datetime) -> BusinessAccount:
    """Another account of Acme's, by a colleague of Alice's who didn't know."""
    zoe = factories.person("zoe@acme.example", "Zoe Park")
    return factories.business_account("Acme Cloud", administrator=zoe, now=now)


@pytest.fixture
def zoe(acme_two: BusinessAccount) -> User:
    return User.objects.get(email="zoe@acme.example")


def said(account: BusinessAccount, by: User) -> list[tuple[str, list[str]]]:
    """The twins of `account` by the name that is told, with the reasons in words."""
    return [(twin.name, list(map(str, twin.reasons))) for twin in lookalikes.of(account, by=by)]


def bought(account: BusinessAccount, email: str, now: datetime) -> None:
    Buyer.objects.create(
        account=account, primary_email=email, company_key=account.name.casefold(), created_at=now
    )


def test_strangers_have_nothing_in_common(
    acme: BusinessAccount, globex: BusinessAccount, alice: User, charlie: User, now: datetime
) -> None:
    license_factories.licensed(
        acme, license_factories.primary_key(license_factories.subscription(acme, now=now)), now
    )
    bought(acme, "buyer@acme.example", now)

    assert said(globex, charlie) == said(acme, alice) == []


def test_administrators_at_one_domain_see_each_others_account(
    acme: BusinessAccount, acme_two: BusinessAccount, alice: User, zoe: User
) -> None:
    reason = "Administrators of both have a verified address at acme.example."

    assert said(acme, alice) == [("Acme Cloud", [reason])]
    assert said(acme_two, zoe) == [("Acme Corp", [reason])]


def test_members_at_the_domain_say_nothing_and_neither_does_an_address_nobody_proved(
    acme: BusinessAccount, globex: BusinessAccount, alice: User, now: datetime
) -> None:
    factories.member(globex, factories.person("eve@acme.example"))
    fay = factories.person("fay@acme.example", verified=False)
    factories.business_account("Fay's", administrator=fay, now=now)
    gus = factories.person("gus@acme.example")
    factories.member(globex, gus, Role.ADMINISTRATOR, blocked=True)

    assert said(acme, alice) == []


def test_public_mail_is_no_common_domain(now: datetime) -> None:
    ann, ben = factories.person("ann@gmail.com"), factories.person("ben@gmail.com")
    one = factories.business_account("Ann's", administrator=ann, now=now)
    factories.business_account("Ben's", administrator=ben, now=now)

    assert said(one, ann) == []


def test_an_account_that_opted_out_is_not_found_by_its_domain(
    acme: BusinessAccount, acme_two: BusinessAccount, alice: User, zoe: User
) -> None:
    BusinessAccount.objects.filter(pk=acme_two.pk).update(joinable_by_domain=False)

    assert said(acme, alice) == []
    assert [name for name, _ in said(acme_two, zoe)] == ["Acme Corp"]


def test_an_address_of_purchase_tells_the_name_to_who_has_proven_it_only(
    acme: BusinessAccount, globex: BusinessAccount, alice: User, charlie: User, now: datetime
) -> None:
    bought(acme, "buyer@acme.example", now)
    bought(globex, "buyer@acme.example", now)
    reason = "Licenses of both were bought under buyer@acme.example."

    assert said(acme, alice) == [("Globex", [reason])]
    assert said(globex, charlie) == [("the other account", [reason])]


def test_a_resellers_address_joins_nobody(
    acme: BusinessAccount, globex: BusinessAccount, alice: User, now: datetime
) -> None:
    for account in (acme, globex):
        bought(account, "sales@reseller.example", now)
    assert len(said(acme, alice)) == 1

    for number in range(3):
        other = factories.person(f"admin{number}@other{number}.example")
        account = factories.business_account(f"Other {number}", administrator=other, now=now)
        bought(account, "sales@reseller.example", now)

    assert said(acme, alice) == []


def test_an_installation_that_was_in_both_is_called_by_the_name_it_has_here(
    acme: BusinessAccount, globex: BusinessAccount, alice: User, charlie: User, now: datetime
) -> None:
    installation = uuid.uuid4()
    license_factories.instance(acme, now=now, instance_id=installation)
    license_factories.instance(globex, now=now, instance_id=installation, name="Farm Zwei")

    assert said(acme, alice) == [("Globex", ["The instance Farm One is known in both."])]
    assert said(globex, charlie) == [("Acme Corp", ["The instance Farm Zwei is known in both."])]


def test_a_key_tried_elsewhere_is_told_to_its_holder_and_its_holder_is_not_named(
    acme: BusinessAccount, globex: BusinessAccount, alice: User, charlie: User, now: datetime
) -> None:
    key = license_factories.primary_key(license_factories.subscription(acme, now=now))

    for _time in range(2):
        with pytest.raises(KeyTaken):
            licenses.register_key(account=globex, code=key.code, by=charlie, now=now)

    assert KeyAttempt.objects.count() == 1
    there = f"Someone there tried to register your key …{key.last_five}."
    here = f"Someone here tried to register its key …{key.last_five}."
    assert said(acme, alice) == [("Globex", [there])]
    assert said(globex, charlie) == [("the other account", [here])]
    assert "Acme" not in lookalikes.of(globex, by=charlie)[0].ref


def test_a_key_tried_leaves_its_trace_in_both_histories_once(
    acme: BusinessAccount, globex: BusinessAccount, charlie: User, now: datetime
) -> None:
    key = license_factories.primary_key(license_factories.subscription(acme, now=now))

    for _time in range(2):
        with pytest.raises(KeyTaken):
            licenses.register_key(account=globex, code=key.code, by=charlie, now=now)

    (here,) = globex.events.filter(event="key.tried")
    (there,) = acme.events.filter(event="key.tried_elsewhere")
    assert (here.actor_name, here.subject) == ("Charlie Stone", f"…{key.last_five}")
    assert "Acme" not in str(here.details)
    assert (there.actor_name, there.details) == ("The portal", {"other": "Globex"})


def test_what_one_person_administers_can_always_be_merged_but_is_not_pointed_out(
    acme: BusinessAccount, globex: BusinessAccount, alice: User, now: datetime
) -> None:
    factories.member(globex, alice, Role.ADMINISTRATOR)
    Membership.objects.filter(account=globex).exclude(user=alice).delete()
    BusinessAccount.objects.filter(pk=globex.pk).update(joinable_by_domain=False)

    (twin,) = lookalikes.of(acme, by=alice)

    assert (twin.name, twin.is_mine, twin.is_told) == ("Globex", True, False)


def test_an_account_merged_away_is_nobodys_twin(
    acme: BusinessAccount, acme_two: BusinessAccount, globex: BusinessAccount, alice: User
) -> None:
    BusinessAccount.objects.filter(pk=acme_two.pk).update(merged_into=globex)

    assert said(acme, alice) == []


def test_a_ref_stands_for_a_twin_in_one_account_only(
    acme: BusinessAccount, acme_two: BusinessAccount, alice: User, zoe: User
) -> None:
    (twin,) = lookalikes.of(acme, by=alice)

    assert lookalikes.find(acme, twin.ref, by=alice) == twin
    assert lookalikes.find(acme_two, twin.ref, by=zoe) is None
    assert lookalikes.find(acme, "0" * 24, by=alice) is None


def test_several_signs_are_told_in_order_and_the_best_one_names(
    acme: BusinessAccount, acme_two: BusinessAccount, alice: User, now: datetime
) -> None:
    installation = uuid.uuid4()
    for account in (acme, acme_two):
        bought(account, "sales@reseller.example", now)
        license_factories.instance(account, now=now, instance_id=installation)

    (twin,) = lookalikes.of(acme, by=alice)

    assert [reason.sign for reason in twin.reasons] == [
        LookalikeSign.DOMAIN,
        LookalikeSign.BUYER,
        LookalikeSign.INSTALLATION,
    ]
    assert twin.is_named


def test_a_look_costs_one_query(
    acme: BusinessAccount, acme_two: BusinessAccount, alice: User, now: datetime
) -> None:
    key = license_factories.primary_key(license_factories.subscription(acme, now=now))
    many_instances.make(acme, key, 50, now=now)

    with CaptureQueriesContext(connection) as queries:
        assert len(lookalikes.of(acme, by=alice)) == 1

    assert len(queries) == 1
