"""What vendor staff can look at. Changing anything goes through actions, so all is read-only."""

from __future__ import annotations

from django.contrib import admin
from django.urls import reverse

from accounts.audit.models import AuditEvent
from accounts.directory.models import BusinessAccount, Membership, User
from accounts.membership.models import Claim, Invitation, JoinRequest
from accounts.outbox.models import OutboxMail
from accounts.web.records import ReadOnly


@admin.register(User)
class UserAdmin(ReadOnly):
    fields = (
        "last_login",
        "is_superuser",
        "email",
        "email_display",
        "email_domain",
        "name",
        "is_active",
        "is_staff",
        "created_at",
        "groups",
        "user_permissions",
    )
    list_display = ("email", "name", "is_active", "is_staff", "created_at")
    search_fields = ("email", "name")


@admin.register(BusinessAccount)
class BusinessAccountAdmin(ReadOnly):
    fields = (
        "slug",
        "name",
        "origin",
        "require_two_step",
        "joinable_by_domain",
        "created_at",
        "digested_on",
        "merged_into",
    )
    list_display = ("name", "slug", "origin", "created_at")
    search_fields = ("name", "slug")

    def view_on_site(self, obj: BusinessAccount) -> str:
        """Its whole story, on the desk."""
        return reverse("staff_company", kwargs={"slug": obj.slug})


@admin.register(Membership)
class MembershipAdmin(ReadOnly):
    fields = ("public_id", "account", "user", "role", "blocked_at", "wants_reminders", "created_at")
    list_display = ("user", "account", "role", "blocked_at")
    list_select_related = ("user", "account")
    search_fields = ("user__email", "account__name")


@admin.register(Invitation)
class InvitationAdmin(ReadOnly):
    fields = (
        "public_id",
        "account",
        "email",
        "email_display",
        "role",
        "invited_by",
        "created_at",
        "sent_at",
        "expires_at",
        "reminded_at",
        "accepted_at",
        "accepted_by",
        "declined_at",
        "revoked_at",
        "mail_due_at",
        "mail",
    )
    list_display = ("email", "account", "role", "sent_at", "accepted_at", "revoked_at")
    list_select_related = ("account",)
    search_fields = ("email", "account__name")


@admin.register(JoinRequest)
class JoinRequestAdmin(ReadOnly):
    fields = (
        "public_id",
        "account",
        "email",
        "email_display",
        "name",
        "message",
        "created_at",
        "approved_at",
        "declined_at",
        "answered_by",
    )
    list_display = ("email", "account", "created_at", "approved_at", "declined_at")
    list_select_related = ("account",)
    search_fields = ("email", "account__name")


@admin.register(OutboxMail)
class OutboxMailAdmin(ReadOnly):
    # Neither text nor html: they carry codes and links, which are the addressee's alone.
    fields = (
        "public_id",
        "kind",
        "to",
        "subject",
        "reply_to",
        "account",
        "status",
        "attempts",
        "created_at",
        "next_attempt_at",
        "expires_at",
        "lease_until",
        "sent_at",
        "delivered_at",
        "bounced_at",
        "message_id",
        "last_error",
    )
    list_display = ("to", "kind", "status", "attempts", "created_at", "sent_at", "last_error")
    search_fields = ("to",)
    list_filter = ("status", "kind")


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnly):
    fields = (
        "account",
        "event",
        "actor",
        "actor_name",
        "subject",
        "details",
        "reference",
        "created_at",
    )
    list_display = ("created_at", "event", "actor_name", "subject", "account")
    list_select_related = ("account",)
    search_fields = ("subject", "actor_name", "account__name")


@admin.register(Claim)
class ClaimAdmin(ReadOnly):
    fields = (
        "public_id",
        "account",
        "user",
        "reason",
        "created_at",
        "object_until",
        "objected_at",
        "objected_by",
        "withdrawn_at",
        "decided_at",
        "decided_by",
        "granted",
    )
    list_display = ("user", "account", "created_at", "object_until", "decided_at", "granted")
    list_select_related = ("user", "account")
    search_fields = ("user__email", "account__name")
