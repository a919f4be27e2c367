from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.urls import reverse

from accounts.directory.models import BusinessAccount, User
from accounts.outbox.rendering import page, post, safe_line, safe_name
from licensing.licenses.models import License
from licensing.licenses.models.license import MAX_REASON_LENGTH
from licensing.permissions import LicensingPermission

_MAX_NAMED = 10


@dataclass(frozen=True)
class EndingLicense:
    """A license that ends, and the last day on which its instances run."""

    license: License
    ends_on: date
    runs_until: date


@dataclass(frozen=True)
class _LicenseLine:
    """One license in the mail."""

    name: str
    seats: int
    ends_on: date
    runs_until: date
    has_ended: bool


def licenses_end(
    account: BusinessAccount, ending: Sequence[EndingLicense], *, to: Sequence[str], now: datetime
) -> int:
    """Remind administrators, by their addresses, that licenses end; return the number of mails."""
    lines = [_line(each, now.date()) for each in ending]
    url = page("license_list", account)
    if len(ending) == 1:
        where = {"slug": account.slug, "public_id": ending[0].license.public_id}
        url = settings.PORTAL_ORIGIN + reverse("license", kwargs=where)
    for address in to:
        post(
            "licenses_end",
            to=address,
            now=now,
            account=account,
            url=url,
            choice_url=page("mail_choice", account),
            lines=lines[:_MAX_NAMED],
            more=max(0, len(lines) - _MAX_NAMED),
            first=lines[0],
            count=len(lines),
        )
    return len(to)


def license_suspended(license: License, *, reason: str, now: datetime) -> None:
    """Tell everyone who manages the account's licenses that one is suspended, and why."""
    _to_managers("license_suspended", license, reason, now)


def license_resumed(license: License, *, reason: str, now: datetime) -> None:
    """Tell the same people that it was resumed."""
    _to_managers("license_resumed", license, reason, now)


def license_registered(
    license: License, *, buyer: str, bought_by: str, by: User, now: datetime
) -> None:
    """Tell the mailbox that bought a license who registered its key, and in which account."""
    post(
        "license_registered",
        to=buyer,
        now=now,
        account=license.account,
        url=settings.PORTAL_ORIGIN + reverse("support"),
        license=safe_name(license),
        bought_by=safe_name(bought_by),
        person=safe_name(by),
        person_email=by.email_display,
        registered_on=now,
    )


def _to_managers(name: str, license: License, reason: str, now: datetime) -> None:
    account = license.account
    assert account is not None
    managers = account.memberships.with_permission(LicensingPermission.LICENSES_MANAGE).order_by(
        "pk"
    )
    for address in managers.values_list("user__email", flat=True):
        post(
            name,
            to=address,
            now=now,
            account=account,
            url=settings.PORTAL_ORIGIN + license.get_absolute_url(),
            license=safe_name(license),
            # The vendor's own words: staff may want to be called.
            reason=safe_line(reason, limit=MAX_REASON_LENGTH),
        )


def _line(ending: EndingLicense, today: date) -> _LicenseLine:
    return _LicenseLine(
        name=safe_name(ending.license),
        seats=ending.license.seats,
        ends_on=ending.ends_on,
        runs_until=ending.runs_until,
        has_ended=ending.ends_on < today,
    )
