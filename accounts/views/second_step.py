"""allauth's pages about the second step where ours say or do more (read in 65.21.1)."""

from __future__ import annotations

from typing import Any

from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView as AllauthGenerate
from allauth.mfa.totp import views as totp_views
from allauth.mfa.webauthn import views as webauthn_views
from django.http import HttpResponseBase
from django.utils import timezone

from accounts.actions import security
from accounts.destinations import next_url, with_next
from accounts.emails import Change, Origin


class _Onward:
    """Keeps where the person was going while a second step is set up."""

    request: Any

    def get_success_url(self) -> str:
        url: str = super().get_success_url()  # type: ignore[misc]
        return with_next(url, next_url(self.request))


class ActivateAppView(_Onward, totp_views.ActivateTOTPView):
    """Set up an authenticator app."""


class AddPasskeyView(_Onward, webauthn_views.AddWebAuthnView):
    """Add a passkey or security key."""


class GenerateCodesView(_Onward, AllauthGenerate):
    """Make new recovery codes; those that came with the first second step need no notice."""

    def form_valid(self, form: Any) -> HttpResponseBase:
        response: HttpResponseBase = super().form_valid(form)
        security.tell(
            Change.RECOVERY_CODES_MADE,
            user=self.request.user,
            origin=Origin.of(self.request),
            now=timezone.now(),
        )
        return response
