from __future__ import annotations

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class AccountsConfig(AppConfig):
    name = "accounts"
    default = True

    def ready(self) -> None:
        from accounts import receivers  # noqa: F401  (connects itself)


class StaffConfig(admin_apps.AdminConfig):
    """Django's admin with our door (accounts/views/staff.py)."""

    default = False
    default_site = "accounts.views.staff.StaffSite"
