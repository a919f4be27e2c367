"""The database has the last word: each named constraint refuses the write that it is for."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.db.models import F, ProtectedError

from accounts.directory.models import BusinessAccount, User
from licensing.activation.models import ActivationRequest
from licensing.enrollment.models import EnrollmentToken
from licensing.licenses.models import Activation, Instance, Key
from licensing.purchases.models import Buyer, Purchase
from tests.licensing import license_factories, purchase_factories, valid_rows
from tests.licensing.valid_rows import DAY, NOW, TODAY, Rows

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


@pytest.fixture
def rows(acme: BusinessAccount, alice: User) -> Rows:
    return valid_rows.make(acme, alice)


# A good row, what is changed about it, and the constraint that refuses that.
CHANGES: list[tuple[str, dict[str, Any], str]] = [
    ("trial", {"seats": 0}, "license_has_seats"),
    ("license", {"seats_shared": 9}, "license_never_oversold"),
    ("license", {"seats_reserved": 10}, "license_never_oversold"),
    ("license", {"seats": 2}, "license_never_oversold"),
    ("license", {"ends_on": None}, "license_term_fits_its_kind"),
    ("license", {"ends_on": TODAY - 101 * DAY}, "license_term_fits_its_kind"),
    ("permanent", {"ends_on": TODAY}, "license_term_fits_its_kind"),
    ("license", {"kind": "gift"}, "license_term_fits_its_kind"),
    ("license", {"suspended_at": NOW}, "suspended_license_says_why"),
    ("license", {"suspension_reason": "Unpaid"}, "suspended_license_says_why"),
    ("trial allowance", {"at_once": 0}, "trial_allowance_adds_up"),
    ("trial allowance", {"a_year": 3}, "trial_allowance_adds_up"),
    ("license", {"upgrade_insurance_until": TODAY}, "only_permanent_licenses_are_insured"),
    ("license", {"version_bought": "19"}, "only_permanent_licenses_are_insured"),
    ("trial", {"trial_of": None}, "trial_is_for_an_instance"),
    ("trial", {"kind": "subscription"}, "trial_is_for_an_instance"),
    ("cut key", {"is_primary": True}, "one_primary_key_per_license"),
    ("cut key", {"reserved": 0}, "key_never_oversold"),
    ("cut key", {"instances_live": 3}, "key_never_oversold"),
    ("shared key", {"revoked_at": NOW}, "revoked_key_runs_nothing"),
    ("farm", {"name": ""}, "instance_has_a_name"),
    ("key usage", {"peak_users": -1}, "key_usage_is_not_negative"),
    ("live", {"ending": "portal"}, "ended_activation_says_why"),
    ("live", {"deactivated_at": NOW}, "ended_activation_says_why"),
    ("pending", {"status": "approved", "answered_at": NOW}, "approved_request_has_its_activation"),
    ("approved", {"status": "denied"}, "approved_request_has_its_activation"),
    ("approved", {"activation": None}, "approved_request_has_its_activation"),
    ("pending", {"status": "denied"}, "answered_request_says_when"),
    ("pending", {"answered_at": NOW}, "answered_request_says_when"),
    ("approved", {"status": "redeemed"}, "redeemed_request_says_when"),
    ("approved", {"redeemed_at": NOW}, "redeemed_request_says_when"),
    ("pending", {"user_code": None}, "request_came_by_code_or_file"),
    ("pending", {"device_code_digest": None}, "request_came_by_code_or_file"),
    ("token", {"uses": 3}, "token_never_overused"),
    ("token", {"uses": 0, "uses_allowed": 0}, "token_never_overused"),
    ("purchase", {"channel": "gift"}, "known_channel"),
    ("purchase", {"order_number": ""}, "order_has_a_number"),
    ("import", {"imported_at": NOW, "refused_at": NOW}, "import_ends_once"),
    ("merge", {"source": F("target")}, "merge_of_two_accounts"),
    ("merge", {"declined_at": NOW}, "merge_answered_once"),
    ("merge", {"withdrawn_at": NOW}, "merge_answered_once"),
    ("merge", {"answered_by": None}, "merge_answered_by_someone"),
    ("proposal", {"answered_by": F("proposed_by")}, "merge_answered_by_someone"),
    ("merge", {"undone_at": NOW}, "only_a_merge_is_undone"),
    ("proposal", {"undone_at": NOW, "undone_by": F("proposed_by")}, "only_a_merge_is_undone"),
]


@pytest.mark.parametrize(("name", "changed", "constraint"), CHANGES)
def test_an_impossible_row_is_refused(
    name: str, changed: dict[str, Any], constraint: str, rows: Rows
) -> None:
    row = rows[name]

    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        type(row)._default_manager.filter(pk=row.pk).update(**changed)

    assert says(constraint, refusal.value)


def says(constraint: str, error: IntegrityError) -> bool:
    """SQLite names the columns of a unique index, not the index."""
    text = str(error)
    return constraint in text or (connection.vendor == "sqlite" and "UNIQUE" in text)


def again(row: models.Model, **changed: Any) -> models.Model:
    """A second row like this one, except what is unique on purpose elsewhere."""
    fields = {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if not field.primary_key
    }
    if "public_id" in fields:
        fields["public_id"] = uuid.uuid4()
    return type(row)._default_manager.create(**(fields | changed))


# A good row that is written a second time, what is different, and the constraint that refuses it.
COPIES: list[tuple[str, dict[str, Any], str]] = [
    ("trial", {}, "one_trial_per_instance"),
    ("shared key", {"is_primary": False}, "one_key_per_code"),
    ("shared key", {"code": "ANOTHER-KEY"}, "one_primary_key_per_license"),
    ("farm", {}, "one_instance_per_account"),
    ("live", {"installation": uuid.uuid4()}, "one_live_activation_per_instance"),
    ("usage", {"peak_users": 8}, "one_peak_a_day"),
    ("reminder", {}, "one_reminder_a_milestone"),
    ("buyer", {}, "one_account_per_buyer"),
    ("attempt", {}, "one_attempt_per_account_and_key"),
    ("proposal", {}, "one_open_merge_per_pair"),
    ("merge", {}, "account_is_merged_away_once"),
]


@pytest.mark.parametrize(("name", "changed", "constraint"), COPIES)
def test_a_second_row_is_refused(
    name: str, changed: dict[str, Any], constraint: str, rows: Rows
) -> None:
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        again(rows[name], **changed)

    assert says(constraint, refusal.value)


def test_an_installation_runs_in_one_business_account(rows: Rows, globex: BusinessAccount) -> None:
    live = rows["live"]
    assert isinstance(live, Activation)
    elsewhere = license_factories.instance(globex, now=NOW, instance_id=live.installation)

    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        again(live, instance_id=elsewhere.pk)

    assert says("one_live_activation_per_installation", refusal.value)


def test_an_order_is_purchased_once(rows: Rows) -> None:
    other = purchase_factories.record(order_number="SO-2")[0]

    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        Purchase.objects.filter(pk=other.pk).update(order_number="SO-1")

    assert says("one_purchase_per_order", refusal.value)


def test_each_constraint_of_licensing_is_tried_here() -> None:
    named = {
        constraint.name
        for model in apps.get_app_config("licensing").get_models()
        for constraint in model._meta.constraints
    }

    tried = {constraint for _name, _changed, constraint in CHANGES + COPIES}
    tried |= {"one_live_activation_per_installation", "one_purchase_per_order"}

    assert tried == named


# What the partial ones leave free.
FREE: list[tuple[str, Callable[[Rows], object]]] = [
    (
        "an instance that ended runs again",
        lambda rows: again(rows["ended"], deactivated_at=None, ending=""),
    ),
    ("an instance ends many times", lambda rows: again(rows["ended"])),
    (
        "a revoked primary key has a successor",
        lambda rows: (
            Key.objects.filter(pk=rows["shared key"].pk).update(revoked_at=NOW, instances_live=0),
            again(rows["shared key"], code="ANOTHER-KEY", revoked_at=None),
        ),
    ),
    (
        "another company tries the same installation",
        lambda rows: again(rows["farm"], account_id=Buyer.objects.get().account_id),
    ),
    ("a license without end has many of its kind", lambda rows: again(rows["permanent"])),
]


@pytest.mark.parametrize("write", [write for _name, write in FREE], ids=[name for name, _ in FREE])
def test_what_is_possible_is_allowed(write: Callable[[Rows], object], rows: Rows) -> None:
    with transaction.atomic():
        assert write(rows)


@pytest.mark.parametrize("name", ["license", "shared key", "cut key", "farm"])
def test_history_keeps_what_it_is_about(name: str, rows: Rows) -> None:
    with pytest.raises(ProtectedError):
        rows[name].delete()


def test_only_usable_tokens_and_waiting_requests_are_found(rows: Rows) -> None:
    assert EnrollmentToken.objects.usable(NOW).exists()
    assert not EnrollmentToken.objects.usable(NOW + DAY).exists()
    assert list(ActivationRequest.objects.waiting(NOW)) == [rows["pending"]]
    assert not ActivationRequest.objects.waiting(NOW + DAY).exists()
    assert list(Instance.objects.licensed()) == [rows["farm"]]
    assert list(Instance.objects.silent(NOW + 14 * DAY)) == []
    assert Instance.objects.silent(NOW + 14 * DAY + timedelta(seconds=1)).count() == 2
