from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from accounts.access import memberships_of
from accounts.directory.models import Membership, User
from accounts.limits import failures
from licensing.activation.reading import remembered_requests


@dataclass(frozen=True)
class PortalContext:
    """What every page may show: the names that settings give (SPEC A25), and the person's
    accounts."""

    request: HttpRequest

    brand = property(lambda _: settings.PORTAL_BRAND)
    product = property(lambda _: settings.PORTAL_PRODUCT)
    support_url = property(lambda _: settings.PORTAL_SUPPORT_URL)
    support_email = property(lambda _: settings.PORTAL_SUPPORT_EMAIL)
    trademark = property(lambda _: settings.PORTAL_TRADEMARK)
    origin = property(lambda _: settings.PORTAL_ORIGIN)
    mailbox = property(lambda _: settings.PORTAL_MAILBOX)

    def needs_help(self) -> bool:
        """True after the third failure in this journey (SPEC A24)."""
        return failures.needs_help(self.request)

    def failed_reference(self) -> str:
        """Of the request that failed last: what support looks for in the log."""
        return failures.reference(self.request)

    def accounts(self) -> list[Membership]:
        """Memberships for the switcher; the gate has usually read them already."""
        found: list[Membership] | None = getattr(self.request, "memberships", None)
        if found is None:
            user = self.request.user
            found = memberships_of(user) if isinstance(user, User) else []
            self.request.memberships = found  # type: ignore[attr-defined]
        return [membership for membership in found if membership.blocked_at is None]


def portal(request: HttpRequest) -> dict[str, PortalContext]:
    return {"portal": PortalContext(request)}


def journey(request: HttpRequest) -> dict[str, remembered_requests.Activating | None]:
    """Which instance a journey that began at a console is about (DESIGN, Journey)."""
    return {"activating": remembered_requests.latest(request, timezone.now())}
