"""One purchase: which account it opens or joins."""

from __future__ import annotations

import unicodedata
from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps

from accounts.audit.events import Event as AccountEvent
from accounts.audit.models import AuditEvent
from accounts.directory.models import BusinessAccount
from accounts.membership.actions import invitations
from accounts.membership.models import Invitation
from accounts.outbox.models import OutboxMail
from accounts.permissions import Role
from licensing.events import Event
from licensing.licenses.models import Key, License
from licensing.purchases.actions.importing.write import ImportSummary
from licensing.purchases.errors import PurchasesRefused
from licensing.purchases.models import Buyer, Purchase
from tests import factories
from tests.licensing import purchase_factories
from tests.licensing.purchase_factories import NOW, record

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("line", "opens"),
    [
        # A8: a permanent license of an older version, with valid upgrade insurance; online.
        (purchase_factories.permanent(insured=30 * DAY), True),
        (purchase_factories.permanent(insured=0 * DAY), True),
        (purchase_factories.permanent(insured=-1 * DAY), False),
        (purchase_factories.permanent(), False),
        # A9: through sales or a reseller, and not online.
        (purchase_factories.line(channel="sales", version="21"), True),
        (purchase_factories.line(channel="reseller", version="21"), True),
        (purchase_factories.line(channel="online", version="21"), False),
        (purchase_factories.permanent(channel="sales", version="20"), True),
        (purchase_factories.permanent(channel="reseller", version="15"), True),
        (purchase_factories.permanent(channel="reseller", version="14"), False),
        (purchase_factories.permanent(version="20"), False),
        # A10: other products come with an account, however they were sold (A12).
        (purchase_factories.line(product="desktop-business"), True),
        (purchase_factories.line(product="access-business", channel="reseller"), True),
        (purchase_factories.line(product="desktop-business", channel="online"), True),
        (purchase_factories.line(product="access-business", channel="online"), True),
    ],
)
def test_a_purchase_opens_an_account_exactly_by_the_rule(line: dict[str, str], opens: bool) -> None:
    purchase, summary = record(line)

    assert summary == ImportSummary(new=1, accounts=int(opens))
    assert purchase.opens_account(NOW.date()) is opens
    assert BusinessAccount.objects.count() == int(opens)
    assert Invitation.objects.count() == int(opens)
    assert (purchase.license.account is not None) is opens


def test_the_account_is_the_companys_and_its_buyer_is_invited_as_administrator() -> None:
    purchase, _summary = record(primary_email="Peter@Initech.example")

    account = BusinessAccount.objects.get()
    assert (account.name, account.origin) == ("Initech", "purchase")
    assert account.slug.startswith("initech-")
    assert purchase.license.account == account
    invitation = Invitation.objects.get()
    assert (invitation.account, invitation.email) == (account, "peter@initech.example")
    assert invitation.email_display == "Peter@Initech.example"
    assert (invitation.role, invitation.invited_by) == (Role.ADMINISTRATOR, None)
    assert invitation.expires_at == NOW + 14 * DAY


def test_one_purchase_is_mailed_at_once() -> None:
    record()

    invitation = Invitation.objects.get()
    mail = OutboxMail.objects.get()
    assert (invitation.mail, invitation.mail_due_at) == (mail, None)
    assert (mail.to, mail.kind) == ("peter@initech.example", "invitation")
    assert invitation.get_absolute_url() in mail.text
    assert "Initech business account is ready" in mail.subject


def test_every_change_leaves_its_event() -> None:
    record()

    events = AuditEvent.objects.order_by("pk").values_list("event", "subject", "actor_name")
    assert list(events) == [
        (AccountEvent.ACCOUNT_CREATED, "Initech", "The portal"),
        (AccountEvent.INVITATION_SENT, "peter@initech.example", "The portal"),
        (Event.LICENSE_ADDED, "Subscription 2027 – 100 seats", "The portal"),
    ]
    assert AuditEvent.objects.order_by("pk")[0].details == {"origin": "purchase"}


def test_the_invited_buyer_becomes_the_administrator() -> None:
    record()
    peter = factories.person("peter@initech.example")

    membership = invitations.accept(invitation=Invitation.objects.get(), user=peter, now=NOW)

    assert membership.role == Role.ADMINISTRATOR
    assert membership.account.licenses.count() == 1


def test_the_license_and_its_key_say_what_was_sold() -> None:
    purchase, _summary = record(
        purchase_factories.permanent(insured=30 * DAY, key="0123456789ABCDEF", seats="25")
    )

    license = purchase.license
    assert (license.name, license.seats) == ("Permanent license 2023 – 25 seats", 25)
    assert (license.kind, license.version_bought, license.ends_on) == ("permanent", "19", None)
    assert license.upgrade_insurance_until == purchase_factories.TODAY + 30 * DAY
    key = Key.objects.get(license=license)
    assert (key.code, key.is_primary, key.reserved) == ("0123456789ABCDEF", True, None)


def test_a_license_without_a_given_key_gets_a_fresh_one() -> None:
    purchase, _summary = record()

    assert Key.objects.get(license=purchase.license).code.startswith("RAS1-")


def test_a_subscriptions_version_is_the_purchases_alone() -> None:
    purchase, _summary = record(version="21")

    assert (purchase.version, purchase.license.version_bought) == ("21", "")


def test_the_same_again_changes_nothing() -> None:
    first, _summary = record()

    again, summary = record(company=" INITECH ".replace("INITECH", "Initech"))

    assert summary == ImportSummary(unchanged=1)
    assert again == first
    assert (License.objects.count(), Key.objects.count()) == (1, 1)
    assert (Invitation.objects.count(), OutboxMail.objects.count()) == (1, 1)
    assert AuditEvent.objects.count() == 3


def test_the_same_order_with_other_content_is_refused() -> None:
    record()

    with pytest.raises(PurchasesRefused, match="different content") as refused:
        record(seats="200")

    assert refused.value.code == "order_changed"
    assert Purchase.objects.get().seats == 100


def test_a_key_of_another_license_is_refused() -> None:
    record(key="0123456789ABCDEF")

    with pytest.raises(PurchasesRefused, match="Another license has this key") as refused:
        record(order_number="SO-2", company="Umbrella", key="0123456789abcdef")

    assert refused.value.code == "key_taken"
    assert Purchase.objects.count() == 1
    assert BusinessAccount.objects.count() == 1


def test_a_company_stored_in_another_unicode_form_is_found_after_the_upgrade() -> None:
    record(order_number="PO-1", company="Café Sol")
    record(order_number="PO-2", company="Cafe Luna")
    taken_apart = unicodedata.normalize("NFD", "café sol")
    Purchase.objects.filter(company="Café Sol").update(company_key=taken_apart)
    Buyer.objects.filter(company_key="café sol").update(company_key=taken_apart)

    import_module("licensing.migrations.0024_company_names_in_one_form")._unify(apps, None)

    keys = ["cafe luna", "café sol"]
    assert sorted(Purchase.objects.values_list("company_key", flat=True)) == keys
    assert sorted(Buyer.objects.values_list("company_key", flat=True)) == keys
