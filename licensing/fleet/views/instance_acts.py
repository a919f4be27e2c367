"""Pages that edit, move, deactivate an instance or declare it lost; one URL each."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import access
from accounts.access import MemberRequest
from accounts.errors import DomainError
from accounts.sign_in.views.reauthentication import always, recent_proof
from accounts.web.paging import MAX_COUNTED, read_words
from licensing.fleet.actions import instances
from licensing.fleet.actions.instances import LOST_AGAIN_AFTER
from licensing.fleet.forms import InstanceForm, MoveForm
from licensing.licenses.models import Activation, Instance, Key, License, Product
from licensing.licenses.rules import entitlement
from licensing.permissions import LicensingPermission

_LOOKED_AT: Final = 200
_OFFERED: Final = 25


@access.requires(LicensingPermission.LICENSES_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def instance_edit(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """Give an instance a name and a note."""
    instance = _instance(request, public_id)
    initial = {"name": instance.name, "note": instance.note}
    form = InstanceForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        instances.describe(
            instance=instance, by=request.user, now=timezone.now(), **form.cleaned_data
        )
        messages.success(request, _("%(instance)s was saved.") % {"instance": instance})
        return redirect(instance)
    return render(request, "licensing/instance_edit.html", {"instance": instance, "form": form})


@access.requires(LicensingPermission.LICENSES_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
@recent_proof(always)
def instance_move(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """Move a licensed instance to another key that fits."""
    instance, now = _instance(request, public_id), timezone.now()
    live = _live(instance)
    words = read_words(request.GET)
    keys = _fitting(instance, live, words, now) if live else []
    form = MoveForm(request.POST or None, keys=keys[:_OFFERED])
    if request.method == "POST" and form.is_valid():
        try:
            instances.move(instance=instance, key=form.chosen, by=request.user, now=now)
        except DomainError as refusal:
            form.add_error("key", str(refusal))
        else:
            moved = _("%(instance)s now uses %(key)s. It finds out at its next check-in.")
            messages.success(request, moved % {"instance": instance, "key": form.chosen})
            return redirect(instance)
    context = {
        "instance": instance,
        "live": live,
        "form": form,
        "words": words,
        "has_more": len(keys) > _OFFERED,
    }
    return render(request, "licensing/instance_move.html", context)


@access.requires(LicensingPermission.LICENSES_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
@recent_proof(always)
def instance_deactivate(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """Ask once, then end an activation and free its seat."""
    instance, now = _instance(request, public_id), timezone.now()
    if request.method == "POST":
        done = _("%(instance)s was deactivated. Its seat is free.")
        return _end(request, instance, instances.deactivate, done, now)
    context = {"instance": instance, "live": _live(instance), "now": now}
    return render(request, "licensing/instance_deactivate.html", context)


@access.requires(LicensingPermission.LICENSES_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
@recent_proof(always)
def instance_lost(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """Ask once, then declare a server lost; at most once in 30 days."""
    instance, now = _instance(request, public_id), timezone.now()
    if request.method == "POST":
        done = _("%(instance)s was declared lost. Its seat is free.")
        return _end(request, instance, instances.declare_lost, done, now)
    context = {
        "instance": instance,
        "live": _live(instance),
        "again_from": _lost_again_from(instance, now),
        "now": now,
    }
    return render(request, "licensing/instance_lost.html", context)


def _end(
    request: MemberRequest,
    instance: Instance,
    act: Callable[..., None],
    done: str,
    now: datetime,
) -> HttpResponse:
    """Run `act` and show its result on the instance's page."""
    try:
        act(instance=instance, by=request.user, now=now)
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done % {"instance": instance})
    return redirect(instance)


def _instance(request: MemberRequest, public_id: uuid.UUID) -> Instance:
    instances_here = request.membership.account.instances.select_related("account", "heartbeat")
    return get_object_or_404(instances_here, public_id=public_id)


def _live(instance: Instance) -> Activation | None:
    live = Activation.objects.live().filter(instance=instance)
    return live.select_related("key__license").first()


def _fitting(instance: Instance, live: Activation, words: str, now: datetime) -> list[Key]:
    """Other keys of the account with room for one more, whose licenses cover the version: of its
    newest thousand licenses, or of any by their words."""
    today = now.date()
    licenses = License.objects.filter(account=instance.account).usable_by_instances(today)
    if not words:
        mine = instance.account.licenses.filter(product=Product.RAS).order_by("-pk")
        newest = list(mine.values_list("pk", flat=True)[:MAX_COUNTED])
        licenses = licenses.filter(pk__in=newest)
    keys = (
        Key.objects.live()
        .filter(license__in=licenses)
        .select_related("license")
        .for_installation(instance.instance_id)
        .with_room()
        .exclude(pk=live.key_id)
        .order_by("license__name", "name", "pk")
    )
    if words:
        keys = keys.matching(words)
    return [
        key
        for key in keys[:_LOOKED_AT]
        if entitlement.status(key.license, today).is_usable
        and entitlement.covers(key.license, instance.version, today)
    ]


def _lost_again_from(instance: Instance, now: datetime) -> datetime | None:
    """When it may next be declared lost; None when it may be now."""
    lost = instance.activations.filter(ending=Activation.Ending.LOST).order_by("-deactivated_at")
    at = lost.values_list("deactivated_at", flat=True).first()
    return at + LOST_AGAIN_AFTER if at and at + LOST_AGAIN_AFTER > now else None
