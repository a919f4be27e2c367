"""Notices about an instance, each with what to do next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from licensing.licenses.models import Activation, Instance, License
from licensing.licenses.rules import entitlement
from licensing.licenses.rules.entitlement import LicenseStatus
from licensing.protocol.date_text import in_words

FILE_ENDS_SOON: Final = timedelta(days=30)


@dataclass(frozen=True)
class InstanceNotice:
    """One notice; the button is for people with the permission."""

    kind: str
    text: str
    button: str = ""
    url: str = ""


def notices(instance: Instance, live: Activation | None, now: datetime) -> list[InstanceNotice]:
    """All problems of an instance, worst first."""
    if live is None:
        return list(_of_ended(instance, now))
    if live.collected_at is None:
        return [_not_collected(live)]
    found = [
        *_of_overuse(instance, live, now),
        *_of_license(instance, live, now),
        *_of_silence(instance, live, now),
        *_of_file(instance, live, now),
    ]
    return sorted(found, key=lambda notice: notice.kind != "bad")


def day_of_overuse(over_since: datetime, now: datetime) -> int:
    """Which of the seven days it is: the first is 1 (SPEC 4.2)."""
    return min((now - over_since).days + 1, entitlement.OVERUSE_PERIOD.days)


def _of_ended(instance: Instance, now: datetime) -> Iterator[InstanceNotice]:
    ends_at = instance.heartbeat.document_ends_at
    if ends_at is None or ends_at <= now:
        return
    if instance.lost_at:
        text = _(
            "Its seat is free. If the server turns up again, it won't get a license from "
            "here. With its last one, it may run until %(day)s."
        )
    else:
        text = _(
            "Its seat is free. It finds out at its next check-in. Without one, it may run "
            "until %(day)s."
        )
    yield InstanceNotice("quiet", text % {"day": in_words(ends_at)})


def _not_collected(live: Activation) -> InstanceNotice:
    text = _(
        "Approved, but its console hasn't picked up the license yet. Keep the console open. "
        "It asks every few seconds."
    )
    request = getattr(live, "request", None)
    if request is None:
        return InstanceNotice("notice", text)
    lapses = _(
        "If it isn't picked up by %(time)s, the approval expires and the seat is free again."
    )
    at = date_format(request.expires_at, "M j, Y, H:i")
    return InstanceNotice("notice", f"{text} {lapses % {'time': at}}")


def _of_overuse(instance: Instance, live: Activation, now: datetime) -> Iterator[InstanceNotice]:
    since, words = live.key.over_since, _overuse_words(instance, live)
    if since is None:
        return
    button = _("Move to another key"), _act("instance_move", instance)
    if entitlement.is_limited(since, now):
        text = _(
            "%(users)s That has lasted for over seven days, so sign-ins are limited. The "
            "limit ends with the first report within the seats. Add seats, or move it."
        )
        yield InstanceNotice("bad", text % {"users": words}, *button)
        return
    text = _(
        "Day %(day)d of 7: %(users)s Add seats or move it to another key by %(until)s. "
        "After that, sign-ins are limited."
    )
    until = in_words(since + entitlement.OVERUSE_PERIOD)
    values = {"day": day_of_overuse(since, now), "users": words, "until": until}
    yield InstanceNotice("notice", text % values, *button)


def _overuse_words(instance: Instance, live: Activation) -> str:
    seats = live.key.seats
    if instance.heartbeat.peak_users > seats:
        return _("%(peak)d concurrent users were reported, more than its %(seats)d seats.") % {
            "peak": instance.heartbeat.peak_users,
            "seats": seats,
        }
    text = _("the instances that use this key report more users together than its %(seats)d seats.")
    return text % {"seats": seats}


def _of_license(instance: Instance, live: Activation, now: datetime) -> Iterator[InstanceNotice]:
    license, today = live.key.license, now.date()
    status = entitlement.status(license, today)
    text = _license_words(license, status)
    if text and not (status is LicenseStatus.EXPIRES_SOON and license.auto_renew):
        kind = "notice" if status is LicenseStatus.EXPIRES_SOON else "bad"
        if status is LicenseStatus.SUSPENDED:
            yield InstanceNotice(kind, text, _("Ask support"), reverse("support"))
        else:
            yield InstanceNotice(
                kind, text, _("Move to another key"), _act("instance_move", instance)
            )
    if not entitlement.covers(license, instance.version, today):
        text = _("%(license)s covers versions up to %(highest)s. This one runs %(version)s.") % {
            "license": license,
            "highest": entitlement.max_version(license),
            "version": instance.version,
        }
        yield InstanceNotice("bad", text, _("Move to another key"), _act("instance_move", instance))


def _license_words(license: License, status: LicenseStatus) -> str:
    """What a license that isn't simply active means for its instances."""
    texts = {
        LicenseStatus.NOT_STARTED: _("%(license)s starts on %(start)s."),
        LicenseStatus.EXPIRES_SOON: _(
            "%(license)s ends on %(end)s. Its instances run until %(last)s."
        )
        if license.kind != License.Kind.TRIAL
        else _("%(license)s ends on %(end)s. With another key, it keeps running without a break."),
        LicenseStatus.IN_GRACE: _(
            "%(license)s ended on %(end)s. Its instances stop after %(last)s. Renew it "
            "before then, or move this instance to another key."
        ),
        LicenseStatus.EXPIRED: _(
            "%(license)s ended on %(end)s, and its instances get no new license document. "
            "Move this instance to another key."
        ),
        LicenseStatus.SUSPENDED: _(
            "%(license)s is suspended, so its instances get no new license document. Reason: "
            "%(reason)s"
        ),
    }
    return texts.get(status, "") % {
        "license": license,
        "start": in_words(license.starts_on),
        "end": in_words(license.ends_on),
        "last": in_words(entitlement.last_day(license)),
        "reason": license.suspended_because,
    }


def _of_silence(instance: Instance, live: Activation, now: datetime) -> Iterator[InstanceNotice]:
    if live.channel == Activation.Channel.OFFLINE or not instance.is_silent(now):
        return
    heard = _(
        "It hasn't reported since %(day)s. Check that the server runs and reaches this portal."
    ) % {"day": in_words(instance.heartbeat.last_seen_at)}
    gone = _("Is the server gone? Declare it lost to free its seat.")
    text = " ".join(filter(None, [heard, _document_words(instance, now), gone]))
    yield InstanceNotice("notice", text, _("Declare lost"), _act("instance_lost", instance))


def _document_words(instance: Instance, now: datetime) -> str:
    ends_at = instance.heartbeat.document_ends_at
    if ends_at is None:
        return ""
    text = (
        _("Its license document is valid until %(day)s.")
        if ends_at > now
        else _("Its license document ended on %(day)s. It needs a check-in to run again.")
    )
    return text % {"day": in_words(ends_at)}


def _of_file(instance: Instance, live: Activation, now: datetime) -> Iterator[InstanceNotice]:
    ends_at = instance.heartbeat.document_ends_at
    if live.channel != Activation.Channel.OFFLINE or ends_at is None:
        return
    if ends_at > now + FILE_ENDS_SOON:
        return
    ended = ends_at <= now
    text = (
        _("Its license file ended on %(day)s.") if ended else _("Its license file ends on %(day)s.")
    )
    how = _("Save a request file at the console and upload it here for a new one.")
    yield InstanceNotice(
        "bad" if ended else "notice",
        f"{text % {'day': in_words(ends_at)}} {how}",
        _("Upload a request file"),
        reverse("activate_offline"),
    )


def _act(name: str, instance: Instance) -> str:
    kwargs = {"slug": instance.account.slug, "public_id": instance.public_id}
    return reverse(name, kwargs=kwargs)
