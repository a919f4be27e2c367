"""One good row of each kind of licensing; at purchase_factories.NOW."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import models

from accounts.directory.models import BusinessAccount, User
from licensing.enrollment.models import EnrollmentToken
from licensing.fleet.models import UsageDay
from licensing.licenses.models import (
    Activation,
    Key,
    KeyAttempt,
    KeyUsage,
    Reminder,
    TrialAllowance,
)
from licensing.merging.models import Merge
from licensing.purchases.models import Buyer, PurchaseImport
from tests.licensing import license_factories, purchase_factories

Rows = dict[str, models.Model]
NOW = purchase_factories.NOW
TODAY = NOW.date()
DAY = timedelta(days=1)


def make(acme: BusinessAccount, alice: User) -> Rows:
    """The rows by the names that the tables of tests/licensing/test_models.py use."""
    license = license_factories.subscription(acme, seats=10, now=NOW)
    farm = license_factories.instance(acme, now=NOW)
    shared, cut = (
        license_factories.primary_key(license),
        license_factories.key(license, now=NOW, reserved=2, name="Cut"),
    )
    live = license_factories.activation(farm, shared, now=NOW)
    ended = license_factories.activation(
        license_factories.instance(acme, now=NOW, name="Old"), cut, now=NOW
    )
    Activation.objects.filter(pk=ended.pk).update(deactivated_at=NOW, ending="portal")
    Key.objects.filter(pk=cut.pk).update(instances_live=0)
    answered: dict[str, Any] = {"answered_at": NOW, "activation": ended}
    purchase = purchase_factories.record()[0]
    initech = Buyer.objects.get().account
    return {
        "license": license,
        "permanent": license_factories.permanent(acme, insured_until=TODAY, now=NOW),
        "trial": license_factories.subscription(acme, now=NOW, kind="trial", trial_of=farm),
        "shared key": shared,
        "cut key": cut,
        "farm": farm,
        "live": live,
        "ended": ended,
        "pending": license_factories.request(now=NOW),
        "approved": license_factories.request(now=NOW, status="approved", **answered),
        "token": _token(acme, shared, alice),
        "purchase": purchase,
        "buyer": Buyer.objects.get(),
        "import": PurchaseImport.objects.create(file_name="x", size=1, uploaded_at=NOW),
        "usage": UsageDay.objects.create(instance=farm, date=TODAY, peak_users=7),
        "key usage": KeyUsage.objects.get(key=shared),
        "trial allowance": TrialAllowance.objects.create(
            account=acme, at_once=5, a_year=20, reason="A school", allowed_by=alice, allowed_at=NOW
        ),
        "reminder": Reminder.objects.create(
            license=license, ends_on=TODAY, milestone=30, sent_at=NOW
        ),
        **_of_merging(shared, initech, acme, alice),
    }


def _of_merging(key: Key, initech: BusinessAccount, acme: BusinessAccount, alice: User) -> Rows:
    merge = {"target": acme, "asked_by_source": True, "proposed_by": alice, "proposed_at": NOW}
    said_yes = {"merged_at": NOW, "answered_by": alice}
    return {
        "attempt": KeyAttempt.objects.create(
            account=initech, key=key, tried_by=alice, tried_at=NOW
        ),
        "proposal": Merge.objects.create(source=initech, **merge),
        "merge": Merge.objects.create(source=initech, **merge, **said_yes),
    }


def _token(acme: BusinessAccount, key: Key, alice: User) -> EnrollmentToken:
    return EnrollmentToken.objects.create(
        account=acme,
        key=key,
        name="Image",
        digest="0" * 64,
        uses=1,
        uses_allowed=2,
        created_at=NOW,
        created_by=alice,
        expires_at=NOW + DAY,
    )
