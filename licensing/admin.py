"""What vendor staff can look up about licenses. All is read-only; keys and digests stay in."""

from __future__ import annotations

from django.contrib import admin

from accounts.web.records import ReadOnly
from licensing.activation.models import ActivationRequest
from licensing.enrollment.models import EnrollmentToken
from licensing.licenses.models import Activation, Instance, Key, License
from licensing.purchases.models import Purchase, PurchaseImport


@admin.register(License)
class LicenseAdmin(ReadOnly):
    fields = (
        "public_id",
        "account",
        "product",
        "kind",
        "name",
        "seats",
        "seats_reserved",
        "seats_shared",
        "starts_on",
        "ends_on",
        "upgrade_insurance_until",
        "version_bought",
        "auto_renew",
        "suspended_at",
        "trial_of",
        "created_at",
    )
    list_display = ("name", "account", "product", "kind", "seats", "starts_on", "ends_on")
    list_select_related = ("account",)
    search_fields = ("name", "account__name")
    list_filter = ("product", "kind")


@admin.register(Key)
class KeyAdmin(ReadOnly):
    fields = (
        "public_id",
        "license",
        "name",
        "is_primary",
        "reserved",
        "instances_live",
        "over_since",
        "created_at",
        "created_by",
        "revoked_at",
    )
    list_display = ("name", "last_five", "license", "reserved", "instances_live", "revoked_at")
    list_select_related = ("license",)
    search_fields = ("name", "license__name")


@admin.register(Purchase)
class PurchaseAdmin(ReadOnly):
    fields = (
        "license",
        "order_number",
        "channel",
        "company",
        "primary_email",
        "primary_email_display",
        "product",
        "kind",
        "seats",
        "starts_on",
        "ends_on",
        "upgrade_insurance_until",
        "version",
        "created_at",
    )
    list_display = ("order_number", "company", "primary_email", "channel", "product", "seats")
    search_fields = ("order_number", "company", "primary_email")
    list_filter = ("channel", "product")


@admin.register(PurchaseImport)
class PurchaseImportAdmin(ReadOnly):
    fields = (
        "public_id",
        "file_name",
        "file_digest",
        "size",
        "uploaded_at",
        "uploaded_by",
        "checked_at",
        "started_at",
        "started_by",
        "imported_at",
        "refused_at",
        "discarded_at",
        "new",
        "unchanged",
        "accounts",
        "problems",
    )
    list_display = ("file_name", "uploaded_by", "uploaded_at", "imported_at", "new", "accounts")
    list_select_related = ("uploaded_by",)
    search_fields = ("file_name", "file_digest", "uploaded_by__email")


@admin.register(Instance)
class InstanceAdmin(ReadOnly):
    fields = (
        "public_id",
        "account",
        "instance_id",
        "name",
        "note",
        "host",
        "version",
        "first_seen_at",
        "seen_around",
        "lost_at",
    )
    list_display = ("name", "account", "instance_id", "version", "seen_around")
    list_select_related = ("account",)
    search_fields = ("name", "host", "account__name")


@admin.register(Activation)
class ActivationAdmin(ReadOnly):
    fields = (
        "public_id",
        "instance",
        "installation",
        "key",
        "channel",
        "mode",
        "version",
        "from_version",
        "activated_by",
        "activated_at",
        "collected_at",
        "deactivated_at",
        "ending",
    )
    list_display = ("instance", "key", "channel", "activated_at", "deactivated_at", "ending")
    list_select_related = ("instance", "key")
    search_fields = ("instance__name",)


@admin.register(ActivationRequest)
class ActivationRequestAdmin(ReadOnly):
    fields = (
        "public_id",
        "channel",
        "status",
        "interval",
        "polled_at",
        "mode",
        "instance_id",
        "instance_name",
        "host",
        "version",
        "from_version",
        "address",
        "created_at",
        "expires_at",
        "claimed_by",
        "account",
        "handed_over_at",
        "answered_by",
        "answered_at",
        "disowned",
        "redeemed_at",
        "activation",
    )
    list_display = ("instance_name", "status", "channel", "version", "created_at", "disowned")
    list_filter = ("status", "disowned")
    search_fields = ("instance_name", "host")


@admin.register(EnrollmentToken)
class EnrollmentTokenAdmin(ReadOnly):
    fields = (
        "public_id",
        "account",
        "key",
        "name",
        "uses",
        "uses_allowed",
        "created_at",
        "created_by",
        "expires_at",
        "revoked_at",
    )
    list_display = ("name", "account", "uses", "uses_allowed", "expires_at", "revoked_at")
    list_select_related = ("account",)
    search_fields = ("name", "account__name")
