"""Licenses of a business account: the list, one license, registering a key, the CSV file."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Final

from django.contrib import messages
from django.db.models import Prefetch, Subquery
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts import access, limits
from accounts.access import MemberRequest
from accounts.directory.models import BusinessAccount
from accounts.limits import failures
from accounts.permissions import Permission
from accounts.web.paging import Page, any_of, before, bounded, count, counted, first_page, read_key
from licensing.licenses.actions import licenses
from licensing.licenses.errors import KeyNotInAccount, KeyRevoked, KeyTaken
from licensing.licenses.forms import RegisterKeyForm
from licensing.licenses.models import Activation, Key, License, Product
from licensing.licenses.models.license import LicenseQuerySet
from licensing.licenses.reading.csv_export import all_rows, csv_file
from licensing.licenses.reading.instance_states import InstanceState, state_of
from licensing.licenses.reading.license_filter import CHOICES, LicenseFilter
from licensing.licenses.reading.license_states import LicenseRow
from licensing.licenses.reading.timeline import draw
from licensing.permissions import LicensingPermission

MAX_INSTANCES_SHOWN: Final = 25  # instances on the page of a license
_HEADER: Final = [
    gettext_lazy("License"),
    gettext_lazy("Product"),
    gettext_lazy("Kind"),
    gettext_lazy("Status"),
    gettext_lazy("Seats"),
    gettext_lazy("Seats in use"),
    gettext_lazy("Seats left"),
    gettext_lazy("Starts on"),
    gettext_lazy("Ends on"),
    gettext_lazy("Upgrade insurance until"),
    gettext_lazy("Renews automatically"),
    gettext_lazy("Primary key ends in"),
    gettext_lazy("Order number"),
]


@dataclass(frozen=True)
class Group:
    """The licenses of one product, on one page of the list."""

    product: str
    lines: list[LicenseRow]


@dataclass(frozen=True)
class Running:
    """An instance that runs under a license."""

    activation: Activation
    now: datetime

    @property
    def state(self) -> InstanceState:
        return state_of(self.activation.instance, self.activation, self.now)


@access.requires(Permission.ACCOUNT_VIEW)
@require_safe
def license_list(request: MemberRequest) -> HttpResponse:
    """The account's licenses by product, 25 per page (SPEC A1)."""
    account, today = request.membership.account, timezone.now().date()
    chosen = LicenseFilter.read(request.GET)
    after = read_key(request.GET.get("after", ""))
    page = _page(account, chosen, after, today)
    if page is None:
        return redirect("license_list", slug=account.slug)
    total = count(account.licenses.order_by("product", "pk"))
    context = {
        "groups": list(_groups(page.rows, today)),
        "page": page,
        "after": after,
        "chosen": chosen,
        "choices": CHOICES,
        "total": total,
        "counted": counted(total),
    }
    return render(request, "licensing/license_list.html", context)


@access.requires(Permission.ACCOUNT_VIEW)
@require_safe
def license_export(request: MemberRequest) -> HttpResponseBase:
    """The list as a CSV file, filtered like its page; keys show their last five characters."""
    account, today = request.membership.account, timezone.now().date()
    rows = LicenseFilter.read(request.GET).narrow(_licenses(account), today)
    lines = (_cells(row, today) for row in all_rows(_with_keys(rows).select_related("purchase")))
    return csv_file(f"licenses-{account.slug}-{today}.csv", [str(name) for name in _HEADER], lines)


@access.requires(LicensingPermission.LICENSES_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def license_add(request: MemberRequest) -> HttpResponseBase:
    """Add the license of a key that the person holds to the account."""
    form = RegisterKeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not limits.consume(request, action="key_entry", key=str(request.user.pk)):
            return limits.too_many(request)
        try:
            key = licenses.register_key(
                account=request.membership.account,
                code=form.cleaned_data["key"],
                by=request.user,
                now=timezone.now(),
            )
        except (KeyNotInAccount, KeyTaken, KeyRevoked) as refusal:
            form.add_error("key", str(refusal))
        else:
            failures.forget(request)
            messages.success(
                request,
                _("%(license)s (key …%(last_five)s) is in %(account)s.")
                % {
                    "license": key.license,
                    "last_five": key.last_five,
                    "account": request.membership.account,
                },
            )
            return redirect(key.license)
    failures.count_errors(request, form)
    return render(request, "licensing/license_add.html", {"form": form})


@access.requires(Permission.ACCOUNT_VIEW)
@require_safe
def license_page(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """One license: its facts, timeline, keys and instances."""
    account, now = request.membership.account, timezone.now()
    license = get_object_or_404(_licenses(account).select_related("purchase"), public_id=public_id)
    after = read_key(request.GET.get("keys_after", ""))
    keys = _keys(license, after)
    running = _running(keys.rows)
    new_token = reverse("enrollment_new", kwargs={"slug": account.slug})
    context = {
        "line": LicenseRow(license, now.date()),
        "license": license,
        "timeline": draw(license, now.date()),
        "keys": keys,
        "after": after,
        "revoked": license.keys.exclude(revoked_at=None).order_by("-pk")[:MAX_INSTANCES_SHOWN],
        "running": [Running(activation, now) for activation in running.rows],
        "more_run": running.has_more or keys.has_more or bool(after),
        "token_url": f"{new_token}?license={license.public_id}",
        "now": now,
    }
    return render(request, "licensing/license.html", context)


def _licenses(account: BusinessAccount) -> LicenseQuerySet:
    return License.objects.filter(account=account)


def _with_keys(rows: LicenseQuerySet) -> LicenseQuerySet:
    primary = Key.objects.live().filter(is_primary=True)
    return rows.prefetch_related(Prefetch("keys", primary, to_attr="primary_keys"))


def _page(
    account: BusinessAccount, chosen: LicenseFilter, after: uuid.UUID | None, today: date
) -> Page[License] | None:
    """25 licenses after the one with the id `after`; None when there is no such license."""
    # Downward by name of the product, which puts RAS on top; in each, the newest first.
    every = _licenses(account).order_by("-product", "-pk")
    if after:
        last = account.licenses.filter(public_id=after).values_list("product", "pk").first()
        if last is None:
            return None
        every = every.filter(before(product=last[0], pk=last[1]))
    return first_page(_with_keys(bounded(chosen.narrow(every, today), every, chosen.q)))


def _groups(rows: list[License], today: date) -> Iterator[Group]:
    for product, members in groupby(rows, key=lambda license: license.product):
        lines = [LicenseRow(license, today, _primary(license)) for license in members]
        yield Group(str(Product(product).label), lines)


def _keys(license: License, after: uuid.UUID | None) -> Page[Key]:
    """25 live keys after the one with the id `after`, the primary one first."""
    keys = license.keys.live().order_by("-is_primary", "pk")
    if after:
        last = license.keys.filter(public_id=after).values("pk")
        keys = keys.filter(is_primary=False, pk__gt=Subquery(last))
    page = first_page(keys)
    for key in page.rows:
        key.license = license
    return page


def _running(keys: list[Key]) -> Page[Activation]:
    """What runs under these keys, the newest first. Each key's newest stand at one end of an index:
    taken over all keys of a license, the newest would be looked for among all."""
    if not keys:
        return Page([], has_more=False)
    live = Activation.objects.live().order_by("-pk")
    newest = [live.filter(key=key)[: MAX_INSTANCES_SHOWN + 1] for key in keys]
    rows = Activation.objects.filter(pk__in=any_of(newest)).select_related("instance__heartbeat")
    page = first_page(rows.order_by("-pk"), MAX_INSTANCES_SHOWN)
    of = {key.pk: key for key in keys}
    for activation in page.rows:
        activation.key = of[activation.key_id]
    return page


def _cells(license: License, today: date) -> list[object]:
    line = LicenseRow(license, today, _primary(license))
    purchase = getattr(license, "purchase", None)
    return [
        license.name,
        license.get_product_display(),
        license.get_kind_display(),
        line.word,
        license.seats,
        license.seats_taken,
        license.seats_left,
        license.starts_on,
        license.ends_on,
        license.upgrade_insurance_until,
        _("yes") if license.auto_renew else _("no"),
        f"…{line.key.last_five}" if line.key else "",
        purchase.order_number if purchase else "",
    ]


def _primary(license: License) -> Key | None:
    """The primary key that `_with_keys` has prefetched."""
    keys: list[Key] = getattr(license, "primary_keys", [])
    return next(iter(keys), None)
