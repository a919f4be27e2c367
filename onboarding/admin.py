"""What vendor staff can look at of support's messages; read-only, as all of it."""

from __future__ import annotations

from django.contrib import admin

from accounts.web.records import ReadOnly
from onboarding.support.models import SupportMessage


@admin.register(SupportMessage)
class SupportMessageAdmin(ReadOnly):
    fields = (
        "public_id",
        "reference",
        "email",
        "email_proven",
        "subject",
        "message",
        "context",
        "user",
        "created_at",
        "answered_at",
        "answered_by",
    )
    list_display = ("subject", "email", "reference", "created_at", "answered_at")
    search_fields = ("subject", "email", "reference")
