"""What vendor staff can look up about licenses. All is read-only; keys and digests stay in."""

from __future__ import annotations

from django.contrib import admin

from accounts.admin import ReadOnly
from licensing.models import (
    Activation,
    ActivationRequest,
    EnrollmentToken,
    Instance,
    Key,
    License,
    Purchase,
    PurchaseImport,
)


@admin.register(License)
class LicenseAdmin(ReadOnly):
    list_display = ("name", "account", "product", "kind", "seats", "starts_on", "ends_on")
    list_select_related = ("account",)
    search_fields = ("name", "account__name")
    list_filter = ("product", "kind")


@admin.register(Key)
class KeyAdmin(ReadOnly):
    list_display = ("name", "last_five", "license", "reserved", "instances_live", "revoked_at")
    list_select_related = ("license",)
    search_fields = ("name", "license__name")
    exclude = ("code",)


@admin.register(Purchase)
class PurchaseAdmin(ReadOnly):
    list_display = ("order_number", "company", "primary_email", "channel", "product", "seats")
    search_fields = ("order_number", "company", "primary_email")
    list_filter = ("channel", "product")


@admin.register(PurchaseImport)
class PurchaseImportAdmin(ReadOnly):
    list_display = ("file_name", "uploaded_by", "uploaded_at", "imported_at", "new", "accounts")
    list_select_related = ("uploaded_by",)
    search_fields = ("file_name", "file_digest", "uploaded_by__email")


@admin.register(Instance)
class InstanceAdmin(ReadOnly):
    list_display = ("name", "account", "instance_id", "version", "last_seen_at")
    list_select_related = ("account",)
    search_fields = ("name", "host", "account__name")
    exclude = ("token_digest", "document")


@admin.register(Activation)
class ActivationAdmin(ReadOnly):
    list_display = ("instance", "key", "channel", "activated_at", "deactivated_at", "ending")
    list_select_related = ("instance", "key")
    search_fields = ("instance__name",)


@admin.register(ActivationRequest)
class ActivationRequestAdmin(ReadOnly):
    list_display = ("instance_name", "status", "channel", "version", "created_at", "disowned")
    list_filter = ("status", "disowned")
    search_fields = ("instance_name", "host")
    exclude = ("device_code_digest", "user_code", "file_digest", "document")


@admin.register(EnrollmentToken)
class EnrollmentTokenAdmin(ReadOnly):
    list_display = ("name", "account", "uses", "uses_allowed", "expires_at", "revoked_at")
    list_select_related = ("account",)
    search_fields = ("name", "account__name")
    exclude = ("digest",)
