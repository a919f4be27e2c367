"""What vendor staff can look at. Changing anything goes through actions, so all is read-only."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.urls import reverse

from accounts.models import (
    AuditEvent,
    BusinessAccount,
    Claim,
    Invitation,
    JoinRequest,
    Membership,
    OutboxMail,
    SupportMessage,
    User,
)


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    list_per_page = 50
    show_full_result_count = False
    view_on_site: bool | Callable[..., str] = False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return True

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Whoever came through the door of the site may look; nobody needs to be a superuser."""
        return True

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


@admin.register(User)
class UserAdmin(ReadOnly):
    list_display = ("email", "name", "is_active", "is_staff", "created_at")
    search_fields = ("email", "name")
    exclude = ("password",)


@admin.register(BusinessAccount)
class BusinessAccountAdmin(ReadOnly):
    list_display = ("name", "slug", "origin", "created_at")
    search_fields = ("name", "slug")

    def view_on_site(self, obj: BusinessAccount) -> str:
        """Its whole story, on the desk."""
        return reverse("staff_company", kwargs={"slug": obj.slug})


@admin.register(Membership)
class MembershipAdmin(ReadOnly):
    list_display = ("user", "account", "role", "blocked_at")
    list_select_related = ("user", "account")
    search_fields = ("user__email", "account__name")


@admin.register(Invitation)
class InvitationAdmin(ReadOnly):
    list_display = ("email", "account", "role", "sent_at", "accepted_at", "revoked_at")
    list_select_related = ("account",)
    search_fields = ("email", "account__name")


@admin.register(JoinRequest)
class JoinRequestAdmin(ReadOnly):
    list_display = ("email", "account", "created_at", "approved_at", "declined_at")
    list_select_related = ("account",)
    search_fields = ("email", "account__name")


@admin.register(OutboxMail)
class OutboxMailAdmin(ReadOnly):
    list_display = ("to", "kind", "status", "attempts", "created_at", "sent_at", "last_error")
    search_fields = ("to",)
    list_filter = ("status", "kind")
    # Bodies carry codes and links, which are nobody's but the addressee's.
    exclude = ("text", "html", "lease")


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnly):
    list_display = ("created_at", "event", "actor_name", "subject", "account")
    list_select_related = ("account",)
    search_fields = ("subject", "actor_name", "account__name")


@admin.register(Claim)
class ClaimAdmin(ReadOnly):
    list_display = ("user", "account", "created_at", "object_until", "decided_at", "granted")
    list_select_related = ("user", "account")
    search_fields = ("user__email", "account__name")


@admin.register(SupportMessage)
class SupportMessageAdmin(ReadOnly):
    list_display = ("subject", "email", "reference", "created_at", "answered_at")
    search_fields = ("subject", "email", "reference")
    exclude = ("form_token",)
