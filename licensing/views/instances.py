"""Instances of a business account: the list, the list as a file, and one instance."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Subquery
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import access
from accounts.access import MemberRequest
from accounts.permissions import Permission
from accounts.views.paging import Page, first_page, read_key
from licensing.models import Activation, Instance
from licensing.views import chart, csv_export, instance_filters
from licensing.views.instance_notices import notices
from licensing.views.instance_states import FILTERS, State, state_of

_HISTORY: Final = 10
# A new installation says its name by itself; these columns are what people ask for.
COLUMNS: Final = [
    "name", "instance_id", "host", "version", "status", "license", "key_last_five", "activated_on",
    "last_check_in", "document_ends_on", "peak_users", "seats", "note",
]  # fmt: skip


@dataclass(frozen=True)
class Line:
    """An instance as the list shows it."""

    instance: Instance
    live: Activation | None
    state: State


@access.requires(Permission.ACCOUNT_VIEW)
@require_safe
def instance_list(request: MemberRequest) -> HttpResponse:
    """Every instance by name, 25 at a time; the query narrows it."""
    account, now = request.membership.account, timezone.now()
    filters = instance_filters.read(request.GET, account)
    after = read_key(request.GET.get("after", ""))
    rows = instance_filters.by_name(filters.rows(now), after)
    page = first_page(rows.with_live())
    if after and not page.rows:
        return redirect("instance_list", slug=account.slug)
    context = {
        "filters": filters,
        "page": page,
        "lines": [_line(instance, now) for instance in page.rows],
        "after": after,
        "states": [("", _("Any state")), *FILTERS.items()],
        "versions": [("", _("Any version")), *((each, each) for each in instance_filters.VERSIONS)],
        "now": now,
    }
    return render(request, "licensing/instance_list.html", context)


@access.requires(Permission.ACCOUNT_VIEW)
@require_safe
def instance_export(request: MemberRequest) -> HttpResponseBase:
    """The instances of the list's query as a CSV file, streamed."""
    now = timezone.now()
    filters = instance_filters.read(request.GET, request.membership.account)
    rows = csv_export.all_rows(filters.rows(now).with_live())
    return csv_export.csv_file("instances.csv", COLUMNS, (_cells(each, now) for each in rows))


@access.requires(Permission.ACCOUNT_VIEW)
@require_safe
def instance_page(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """One instance: what it runs under, its peaks against its seats, and its history."""
    account, now = request.membership.account, timezone.now()
    instance = get_object_or_404(account.instances.select_related("account"), public_id=public_id)
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


def _line(instance: Instance, now: datetime) -> Line:
    live = _prefetched(instance)
    return Line(instance, live, state_of(instance, live, now))


def _prefetched(instance: Instance) -> Activation | None:
    """The live activation that InstanceQuerySet.with_live read along."""
    found: list[Activation] = getattr(instance, "live", [])
    return found[0] if found else None


def _cells(instance: Instance, now: datetime) -> Iterator[object]:
    """One line of the file; times in UTC, days as ISO 8601."""
    live = _prefetched(instance)
    yield from (instance.name, instance.instance_id, instance.host, instance.version)
    yield state_of(instance, live, now).value
    yield live.key.license.name if live else None
    yield live.key.last_five if live else None
    yield live.activated_at.date() if live else None
    yield instance.last_check_in_at and instance.last_check_in_at.isoformat(timespec="seconds")
    yield instance.document_ends_at and instance.document_ends_at.date()
    yield instance.peak_users
    yield live.key.seats if live else None
    yield instance.note


def _live(instance: Instance) -> Activation | None:
    live = Activation.objects.live().filter(instance=instance)
    return live.select_related("key__license", "activated_by", "request").first()


def _usage(instance: Instance, today: date) -> dict[date, int]:
    since = today - timedelta(days=chart.DAYS - 1)
    days = instance.usage.filter(date__gte=since, date__lte=today).order_by("date")
    return dict(days.values_list("date", "peak_users"))


def _history(instance: Instance, before: uuid.UUID | None) -> Page[Activation]:
    """Its activations, newest first, from before the activation `before` on."""
    rows = instance.activations.select_related("key__license", "activated_by").order_by("-pk")
    if before:
        last = instance.activations.filter(public_id=before)
        rows = rows.filter(pk__lt=Subquery(last.values("pk")))
    return first_page(rows, _HISTORY)
