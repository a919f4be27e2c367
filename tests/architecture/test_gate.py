"""Every page says who may see it: by a permission, by needing a sign-in, or by being public."""

from __future__ import annotations

from typing import Final

from accounts.permissions import PackagePermission
from tests.architecture.routes import Route, all_routes

# Addresses that a stranger may open. One more is a decision, not an accident.
PUBLIC: Final = {
    "",
    "start/",
    "start/find/",
    "start/find/resend/",
    "start/ask/",
    "start/ask/<slug:slug>/",
    "start/ask/sent/",
    "start/find/join/<slug:slug>/",
    "start/key/",
    "start/key/send/",
    "start/key/sent/",
    "claims/<str:token>/",
    "claims/<str:token>/object/",
    "activate/",
    "oauth/device_authorization",
    "oauth/token",
    ".well-known/oauth-authorization-server",
    ".well-known/license-keys.json",
    ".well-known/change-password",
    ".well-known/security.txt",
    "favicon.ico",
    "robots.txt",
    "api/v1/activations",
    "api/v1/docs",
    "api/v1/instance",
    "api/v1/instance/check-ins",
    "api/v1/instance/deactivate",
    "api/v1/instance/license",
    "api/v1/openapi.json",
    "api/v1/licenses/<uuidstr:license_id>/resume",
    "api/v1/licenses/<uuidstr:license_id>/suspend",
    "api/v1/purchases",
    "support/",
    "support/sent/",
    "invitations/<str:token>/",
    "invitations/<str:token>/ask/",
    "accounts/login/",
    "accounts/login/code/",
    "accounts/login/code/confirm/",
    "accounts/logout/",
    "accounts/signup/",
    "accounts/confirm-email/",
    "accounts/confirm-email/change/",
    "accounts/confirm-email/resend/",
    "accounts/inactive/",
    "accounts/2fa/lost/",
    "recoveries/<str:token>/",
    "recoveries/<str:token>/stop/",
    "accounts/not-me/<str:token>/",
    "accounts/password/reset/",
    "accounts/password/reset/done/",
    "accounts/password/reset/key/done/",
    r"accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
    "accounts/2fa/authenticate/",
    "accounts/2fa/webauthn/login/",
    "mailbox/",
    "mailbox/<str:mail_id>/",
    "mailbox/<str:mail_id>/html/",
    "healthz",
    "readyz",
}


def test_every_page_of_an_account_stands_behind_the_gate() -> None:
    pages = [route for route in all_routes() if route.is_of_an_account]

    open_ones = [
        route.text
        for route in pages
        if not isinstance(getattr(route.view, "permission", None), PackagePermission)
    ]

    assert len(pages) >= 14
    assert open_ones == []


def test_only_these_pages_are_public() -> None:
    public = {route.text for route in all_routes() if _is_public(route)}

    # The staff pages stand behind a door of their own, which the table of access proves.
    assert {text for text in public if not text.startswith("admin/")} == PUBLIC


def _is_public(route: Route) -> bool:
    return getattr(route.view, "login_required", True) is False
