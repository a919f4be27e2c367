"""Every address of the portal, walked from the URLconf, with real ids put in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.identity import tokens
from tests.architecture.two_companies import Company, TwoCompanies, content_type_of

EMBEDDED: Final = "tests.architecture.embedded_urls"
_ADMIN_MODEL: Final = re.compile(r"admin/(?P<app>\w+)/(?P<model>\w+)/")
_PACKAGES: Final = re.compile(r"(?:(?:accounts|licensing|onboarding)\|){2}\w+")
# What stands for the parts of addresses that are written as regular expressions.
_EXPRESSIONS: Final = {
    r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$": "password/reset/key/1-abc/",
    r"^(?P<app_label>accounts|licensing|onboarding)/$": "accounts/",
    r"(?P<url>.*)$": "nowhere/at/all/",
}


@dataclass(frozen=True)
class Route:
    """One pattern of the URLconf."""

    text: str
    view: Callable[..., Any]

    @property
    def is_of_an_account(self) -> bool:
        return self.text.startswith("b/<slug:slug>/")

    def cases(self) -> tuple[str, ...]:
        """Whose ids are put in: `crossed` is an object of Globex under Acme's address."""
        if self.is_of_an_account:
            crossed = ("crossed",) if "<uuid:public_id>" in self.text else ()
            return ("acme", *crossed, "globex")
        return ("real", "made up") if "<str:token>" in self.text else ("",)

    def path(self, world: TwoCompanies, case: str) -> str:
        account = world.globex if case == "globex" else world.acme
        owner = world.globex if case in ("globex", "crossed") else world.acme
        text = self.text
        for expression, sample in _EXPRESSIONS.items():
            text = text.replace(expression, sample)
        samples = self._samples(account, owner, world)
        samples["token"] = _token(self.text, world.acme) if case == "real" else "bm90aGluZw"
        return "/" + re.sub(r"<\w+:(\w+)>", lambda part: str(samples[part[1]]), text)

    def _samples(self, account: Company, owner: Company, world: TwoCompanies) -> dict[str, object]:
        row = self._staff_row(world)
        return {
            "slug": account.account.slug,
            "public_id": _object(self.text, owner).public_id,
            "license_id": owner.license.public_id,
            "mail_id": "20260101T000000000000Z-00000000-000000000000",
            "pk": world.people["mia"].pk if "/people/" in self.text else world.passkey.pk,
            "content_type_id": content_type_of(world.objects_by_name["user"]),
            "object_id": row.pk if row else world.people["alice"].pk,
            "ref": "nobody",  # no company looks like another one here
        }

    def _staff_row(self, world: TwoCompanies) -> models.Model | None:
        found = _ADMIN_MODEL.match(self.text)
        return world.objects_by_name.get(found["model"]) if found else None


def all_routes() -> list[Route]:
    """Every route that can be reached, each once: Django takes the first of two alike."""
    routes = {route.text: route for route in reversed(list(_walk(get_resolver(EMBEDDED))))}
    return sorted(routes.values(), key=lambda route: (route.text.startswith("admin/"), route.text))


def _walk(resolver: URLResolver, before: str = "") -> Iterator[Route]:
    for pattern in resolver.url_patterns:
        # Which package is named first depends on which admin.py was imported first.
        text = _PACKAGES.sub("accounts|licensing|onboarding", before + str(pattern.pattern))
        if isinstance(pattern, URLPattern):
            yield Route(text, pattern.callback)
        else:
            yield from _walk(pattern, text)


# Part of an address → whose id stands in it; the first that fits.
_OBJECTS: Final = {
    "/invitations/": "invitation",
    "/requests/": "request",
    "/licenses/": "license",
    "desk/purchases/": "license",
    "/keys/": "key",
    "/instances/": "instance",
    "/enrollment/": "token",
    "activate/": "activation_request",
    "/claims/": "claim",
    "/recoveries/": "recovery",
    "/support/": "message",
    "/mails/": "mail",
    "/imports/": "upload",
}


def _object(text: str, owner: Company) -> Any:
    names = (name for part, name in _OBJECTS.items() if part in text)
    return getattr(owner, next(names, "member"))


def _token(text: str, owner: Company) -> str:
    if "/not-me/" in text:
        member = owner.member.user
        return tokens.notice_token(user_id=member.pk, change="totp_added", address=member.email)
    if text.startswith("recoveries/"):
        return owner.recovery.token
    return owner.claim.token if text.startswith("claims/") else owner.invitation.token
