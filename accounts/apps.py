from __future__ import annotations

from allauth.usersessions import apps as usersessions_apps
from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class AccountsConfig(AppConfig):
    name = "accounts"
    default = True

    def ready(self) -> None:
        from accounts import receivers  # noqa: F401  (connects itself)


class StaffConfig(admin_apps.AdminConfig):
    """Django's admin with our door (accounts/sign_in/views/staff.py)."""

    default = False
    default_site = "accounts.sign_in.views.staff.StaffSite"


class SessionsConfig(usersessions_apps.UserSessionsConfig):
    """allauth's list of sessions, without its look at each of them at every sign-in."""

    default = False

    def ready(self) -> None:
        super().ready()
        from accounts import receivers
        from accounts.web.allauth_internals import list_sessions_by

        list_sessions_by(receivers.note_session)
