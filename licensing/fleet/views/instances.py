"""Instances of a business account: the list, the list as a file, and one instance."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Subquery
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts import access
from accounts.access import MemberRequest
from accounts.directory.models import BusinessAccount
from accounts.permissions import Permission
from accounts.web.paging import Page, first_page, read_key
from licensing.fleet.reading import chart, instance_filter
from licensing.fleet.reading.instance_notices import notices
from licensing.licenses.models import Activation, Instance
from licensing.licenses.reading.csv_export import all_rows, csv_file
from licensing.licenses.reading.instance_states import FILTERS, InstanceState, state_of

_HISTORY: Final = 10
_HEADER: Final = [
    gettext_lazy("Name"),
    gettext_lazy("Instance id"),
    gettext_lazy("Host"),
    gettext_lazy("Version"),
    gettext_lazy("State"),
    gettext_lazy("License"),
    gettext_lazy("Key ends in"),
    gettext_lazy("Activated on"),
    gettext_lazy("Last check-in"),
    gettext_lazy("Document ends on"),
    gettext_lazy("Peak users"),
    gettext_lazy("Seats"),
    gettext_lazy("Note"),
]


@dataclass(frozen=True)
class InstanceRow:
    """An instance as the list shows it."""

    instance: Instance
    live: Activation | None
    state: InstanceState


@access.requires(Permission.ACCOUNT_VIEW)
@require_safe
def instance_list(request: MemberRequest) -> HttpResponse:
    """The account's instances by name, 25 per page, filtered by the query string."""
    account, now = request.membership.account, timezone.now()
    filters = instance_filter.read(request.GET, account)
    after = read_key(request.GET.get("after", ""))
    page = first_page(filters.by_name(now, after).with_live())
    if after and not page.rows:
        return redirect("instance_list", slug=account.slug)
    context = {
        "filters": filters,
        "page": page,
        "lines": [_line(instance, now) for instance in page.rows],
        "after": after,
        "states": [("", _("Any state")), *FILTERS.items()],
        "versions": [("", _("Any version")), *((each, each) for each in instance_filter.VERSIONS)],
        "now": now,
    }
    return render(request, "licensing/instance_list.html", context)


@access.requires(Permission.ACCOUNT_VIEW)
@require_safe
def instance_export(request: MemberRequest) -> HttpResponseBase:
    """The filtered list as a streamed CSV file."""
    account, now = request.membership.account, timezone.now()
    rows = instance_filter.read(request.GET, account).rows(now).with_live()
    lines = (_cells(each, now) for each in all_rows(rows))
    name = f"instances-{account.slug}-{now.date()}.csv"
    return csv_file(name, [str(title) for title in _HEADER], lines)


@access.requires(Permission.ACCOUNT_VIEW)
@require_safe
def instance_page(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """One instance: its activation, its usage compared with its seats, and its history."""
    account, now = request.membership.account, timezone.now()
    instance = (
        account.instances.select_related("account", "heartbeat").filter(public_id=public_id).first()
    )
    if instance is None:
        return redirect(_kept_row(account, public_id))
    live = _live(instance)
    before = read_key(request.GET.get("before", ""))
    usage = _usage(instance, now.date())
    seats = live.key.seats if live else None
    context = {
        "instance": instance,
        "live": live,
        "state": state_of(instance, live, now),
        "notices": notices(instance, live, now),
        "chart": chart.draw(usage, seats=seats, last=now.date()) if usage else None,
        "history": _history(instance, before),
        "before": before,
        "now": now,
    }
    return render(request, "licensing/instance.html", context)


def _kept_row(account: BusinessAccount, public_id: uuid.UUID) -> Instance:
    """The row that a merge kept for an installation known to both accounts; else 404."""
    merged = BusinessAccount.objects.account_merged_into(account)
    put_away = Instance.objects.filter(account__in=merged, public_id=public_id)
    return get_object_or_404(account.instances, instance_id__in=put_away.values("instance_id"))


def _line(instance: Instance, now: datetime) -> InstanceRow:
    live = _prefetched(instance)
    return InstanceRow(instance, live, state_of(instance, live, now))


def _prefetched(instance: Instance) -> Activation | None:
    """The live activation that InstanceQuerySet.with_live prefetched."""
    found: list[Activation] = getattr(instance, "live", [])
    return found[0] if found else None


def _cells(instance: Instance, now: datetime) -> list[object]:
    """One line of the file; moments in UTC, days as ISO 8601."""
    live = _prefetched(instance)
    beat = instance.heartbeat
    seen, ends_at = beat.last_check_in_at, beat.document_ends_at
    return [
        instance.name,
        instance.instance_id,
        instance.host,
        instance.version,
        state_of(instance, live, now).label,
        live and live.key.license,
        live and live.key.last_five,
        live and live.activated_at.date(),
        seen and seen.isoformat(timespec="seconds"),
        ends_at and ends_at.date(),
        beat.peak_users,
        live and live.key.seats,
        instance.note,
    ]


def _live(instance: Instance) -> Activation | None:
    live = Activation.objects.live().filter(instance=instance)
    return live.select_related("key__license", "activated_by", "request").first()


def _usage(instance: Instance, today: date) -> dict[date, int]:
    since = today - timedelta(days=chart.DAYS - 1)
    days = instance.usage.filter(date__gte=since, date__lte=today).order_by("date")
    return dict(days.values_list("date", "peak_users"))


def _history(instance: Instance, before: uuid.UUID | None) -> Page[Activation]:
    """Its activations, newest first, starting before the activation `before`."""
    rows = instance.activations.select_related("key__license", "activated_by").order_by("-pk")
    if before:
        last = instance.activations.filter(public_id=before)
        rows = rows.filter(pk__lt=Subquery(last.values("pk")))
    return first_page(rows, _HISTORY)
