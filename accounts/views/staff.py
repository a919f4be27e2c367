"""The vendor's own pages: Django's admin, behind the portal's sign-in and two steps."""

from __future__ import annotations

from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.destinations import with_next
from accounts.models import User


class StaffSite(admin.AdminSite):
    site_header = _("Staff")
    site_title = _("Staff")

    def has_permission(self, request: HttpRequest) -> bool:
        """Active staff who have two-step sign-in; nobody else gets past the door."""
        user = request.user
        return isinstance(user, User) and super().has_permission(request) and is_mfa_enabled(user)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Send people through the portal's own sign-in, with its limits and two steps."""
        if isinstance(request.user, User) and request.user.is_staff:
            return redirect(f"{reverse('mfa_index')}?required={settings.PORTAL_BRAND}")
        return redirect(with_next(reverse("account_login"), reverse("admin:index")))
