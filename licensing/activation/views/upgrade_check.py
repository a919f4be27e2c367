"""Whether an instance can be upgraded, checked days ahead.

A page to open and print while planning the maintenance window. It changes nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Final

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts import access
from accounts.access import MemberRequest
from accounts.directory.models import Membership
from accounts.permissions import Permission
from licensing.activation.forms.upgrade_check import UpgradeCheckForm
from licensing.activation.models import ActivationRequest
from licensing.activation.reading import texts
from licensing.activation.reading.sources import Sources, Suitability
from licensing.licenses.models import Activation, Instance
from licensing.permissions import LicensingPermission
from licensing.protocol.date_text import in_words

_MAX_NAMED: Final = 3


@dataclass(frozen=True)
class Finding:
    """One condition of the upgrade: met (`good`), or to be taken care of first."""

    kind: str
    title: str
    text: str
    button: str = ""
    url: str = ""


@access.requires(Permission.ACCOUNT_VIEW)
@require_safe
def upgrade_check(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """Ask for the version and the day, then show which conditions are met."""
    account, now = request.membership.account, timezone.now()
    instance = get_object_or_404(account.instances.select_related("account"), public_id=public_id)
    asked = "version" in request.GET
    form = UpgradeCheckForm(request.GET if asked else None, runs=instance.version, today=now.date())
    context = {"instance": instance, "form": form, "now": now}
    if asked and form.is_valid():
        version, day = form.cleaned_data["version"], form.cleaned_data["day"]
        found = list(findings(instance, version, day, request.membership, now))
        context |= {
            "version": version,
            "day": day,
            "findings": found,
            "is_ready": all(each.kind == "good" for each in found),
        }
    return render(request, "licensing/upgrade_check.html", context)


def findings(
    instance: Instance, version: str, day: date, membership: Membership, now: datetime
) -> Iterator[Finding]:
    """The conditions of an upgrade of `instance` to `version` on `day`, in the order of the
    upgrade.
    """
    sources = Sources(
        account=membership.account,
        asked=ActivationRequest(instance_id=instance.instance_id, version=version),
        now=datetime.combine(day, time(12), UTC),
    )
    yield _license(sources, version, day, membership)
    yield _approval(membership)
    if current := sources.current:
        yield from _seats(current)
        yield _way(instance, current, now)


def _license(sources: Sources, version: str, day: date, membership: Membership) -> Finding:
    values = {"version": version, "day": in_words(day)}
    current = sources.current
    fitting = [offer for offer in sources.offers if offer.fit is Suitability.FITS]
    for offer in fitting:
        if current and offer.key == current.key:
            text = _("It keeps using %(key)s of %(license)s.") % {
                "key": texts.name(offer.key),
                "license": offer.key.license,
            }
            return Finding("good", _("Its license covers version %(version)s") % values, text)
    why = sources.lost.text if sources.lost else ""
    if fitting:
        names = "; ".join(f"{each.key.license}: {each.text}" for each in fitting[:_MAX_NAMED])
        title = _("Another key of yours covers version %(version)s on %(day)s") % values
        text = _("Choose it when the upgrade asks. %(keys)s") % {"keys": names}
        return Finding("good" if current is None else "notice", title, _lines(why, text))
    title = _("No key here covers version %(version)s on %(day)s") % values
    text = _("Renew the upgrade insurance or the subscription, or add a license, before that day.")
    button = _("Add a license") if membership.may(LicensingPermission.LICENSES_MANAGE) else ""
    url = reverse("license_add", kwargs={"slug": membership.account.slug})
    return Finding("bad", title, _lines(why, text), button, url)


def _lines(*sentences: str) -> str:
    return " ".join(filter(None, sentences))


def _approval(membership: Membership) -> Finding:
    account = membership.account
    if membership.may(LicensingPermission.LICENSES_MANAGE):
        text = _("When the console shows its link, sign in as %(email)s and choose %(account)s.")
        values = {"email": membership.user.email_display, "account": account}
        return Finding("good", _("You can approve it"), text % values)
    able = account.memberships.with_permission(LicensingPermission.LICENSES_MANAGE).select_related(
        "user"
    )
    people = list(able.order_by("pk")[: _MAX_NAMED + 1])
    if not people:
        text = _("This account has no administrator left. Ask support before you begin.")
        return Finding(
            "bad", _("Nobody can approve it"), text, _("Ask support"), reverse("support")
        )
    names = ", ".join(str(each.user) for each in people[:_MAX_NAMED])
    if len(people) > _MAX_NAMED:
        names = _("%(names)s and others") % {"names": names}
    title = ngettext(
        "%(names)s can approve it", "One of these can approve it: %(names)s", len(people)
    )
    text = _(
        "You can start it. The portal then offers to send your request to the "
        "administrators, and the console waits."
    )
    return Finding("good", title % {"names": names}, text)


def _seats(current: Activation) -> Iterator[Finding]:
    seats = current.key.seats
    if current.key.over_since:
        title = _("More users than seats are reported")
        text = _("Its key has %(seats)d seats. An upgrade doesn't change that: add seats first.")
        yield Finding("notice", title, text % {"seats": seats})


def _way(instance: Instance, current: Activation, now: datetime) -> Finding:
    if current.channel == Activation.Channel.OFFLINE:
        text = _("It has no network. After the upgrade, save a request file and upload it here.")
        url = reverse("activate_offline")
        return Finding("notice", _("It's licensed by file"), text, _("Upload a request file"), url)
    if instance.is_silent(now):
        title = _("It hasn't reported for a while")
        text = _("Check that the server reaches this portal, or keep a request file at hand.")
        return Finding("notice", title, text)
    text = _("It reports to this portal, so it gets its license automatically after you approve.")
    return Finding("good", _("The portal is reachable"), text)
