"""What needs a person: licenses that end, instances in trouble, and consoles that wait."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.directory.models import BusinessAccount
from accounts.templatetags.portal import distance
from licensing.activation.models import ActivationRequest
from licensing.fleet.reading.instance_notices import day_of_overuse
from licensing.licenses.models import Activation, License
from licensing.licenses.reading.instance_states import InstanceState, state_of
from licensing.licenses.rules import entitlement
from licensing.licenses.rules.entitlement import LicenseStatus
from licensing.protocol.date_text import in_words
from onboarding.overview.attention import Attention
from onboarding.overview.attention.people import some_of
from onboarding.overview.attention.problems import (
    MAX_INSTANCES_READ,
    MAX_PROBLEMS_SHOWN,
    AccountProblems,
)


@dataclass(frozen=True)
class _Trouble:
    """How instances in one state are spoken of: each by itself, or many in one line."""

    kind: str
    filter: str
    many: str | Promise
    one: Callable[[Activation, datetime], str]
    alone_up_to: int = 3


@dataclass(frozen=True)
class WaitingPurchases:
    """Licenses of purchases that a person can add: none, one with its name, or more."""

    count: int
    license: str = ""
    email: str = ""


def requests_to_answer(asked: Sequence[ActivationRequest]) -> Iterator[Attention]:
    """Consoles that wait for somebody with the right, the longest first."""
    for each in asked[:MAX_PROBLEMS_SHOWN]:
        text = _(
            "%(person)s asks to activate %(instance)s, version %(version)s. "
            "Its console waits until %(until)s."
        ) % {
            "person": each.claimed_by or _("Someone"),
            "instance": each.instance_name,
            "version": each.version,
            "until": date_format(each.expires_at, "M j, H:i"),
        }
        yield Attention("notice", text, _("Answer"), each.get_absolute_url())


def licenses_to_add(account: BusinessAccount, waiting: WaitingPurchases) -> Iterator[Attention]:
    """What was bought online under an address of the person, and belongs to no account yet."""
    if not waiting.count:
        return
    if waiting.count == 1:
        text = _("%(license)s was bought under %(email)s and isn't in a business account yet.")
        text %= {"license": waiting.license, "email": waiting.email}
    else:
        text = _("Licenses bought under your email aren't in a business account yet.")
    url = reverse("license_waiting", kwargs={"slug": account.slug})
    yield Attention("notice", text, _("Add it") if waiting.count == 1 else _("Add them"), url)


def of_problems(
    account: BusinessAccount, needs: AccountProblems, *, now: datetime
) -> Iterator[Attention]:
    """Licenses that end and instances in trouble."""
    yield from _of_licenses(account, needs.ending, now)
    by_state: dict[InstanceState, list[Activation]] = {}
    for each in needs.troubled[:MAX_INSTANCES_READ]:
        by_state.setdefault(state_of(each.instance, each, now), []).append(each)
    for state, trouble in _TROUBLES.items():
        yield from _of_instances(account, trouble, by_state.get(state, []), now)
    if len(needs.troubled) > MAX_INSTANCES_READ:
        url = reverse("instance_list", kwargs={"slug": account.slug})
        yield Attention("notice", _("More instances need attention."), _("See instances"), url)


def _of_licenses(
    account: BusinessAccount, ending: Sequence[License], now: datetime
) -> Iterator[Attention]:
    for license in ending[:MAX_PROBLEMS_SHOWN]:
        status = entitlement.status(license, now.date())
        kind = "notice" if status is LicenseStatus.EXPIRES_SOON else "bad"
        kwargs = {"slug": account.slug, "public_id": license.public_id}
        url = reverse("license", kwargs=kwargs)
        yield Attention(kind, _license_words(license, status, now), _("Show the license"), url)
    if len(ending) > MAX_PROBLEMS_SHOWN:
        url = reverse("license_list", kwargs={"slug": account.slug})
        yield Attention("notice", _("More licenses need attention."), _("See licenses"), url)


def _license_words(license: License, status: LicenseStatus, now: datetime) -> str:
    last = entitlement.last_day(license)
    if status is LicenseStatus.SUSPENDED:
        text = _("%(license)s is suspended by the vendor. Reason: %(reason)s")
    elif status is LicenseStatus.EXPIRES_SOON:
        text = _("%(license)s ends %(distance)s, on %(end)s.")
    elif status is LicenseStatus.IN_GRACE:
        text = _("%(license)s ended on %(end)s. Its instances stop after %(last)s.")
    else:
        text = _("%(license)s ended on %(end)s, and its seats are still in use.")
    return text % {
        "license": license,
        "distance": distance(license.ends_on, now),
        "end": in_words(license.ends_on),
        "last": in_words(last),
        "reason": license.suspended_because,
    }


def _of_instances(
    account: BusinessAccount, trouble: _Trouble, found: Sequence[Activation], now: datetime
) -> Iterator[Attention]:
    if len(found) <= trouble.alone_up_to:
        for each in found:
            kwargs = {"slug": account.slug, "public_id": each.instance.public_id}
            url = reverse("instance", kwargs=kwargs)
            yield Attention(trouble.kind, trouble.one(each, now), _("Show the instance"), url)
        return
    text = str(trouble.many) % {"names": some_of([each.instance.name for each in found])}
    url = reverse("instance_list", kwargs={"slug": account.slug})
    yield Attention(trouble.kind, text, _("Show them"), f"{url}?state={trouble.filter}")


def _limited(each: Activation, now: datetime) -> str:
    text = _("%(instance)s is limited: it had more users than seats for over seven days.")
    return text % {"instance": each.instance}


def _over(each: Activation, now: datetime) -> str:
    since = each.key.over_since
    assert since is not None
    text = _("%(instance)s has more users than seats: day %(day)d of 7.")
    return text % {"instance": each.instance, "day": day_of_overuse(since, now)}


def _file_ended(each: Activation, now: datetime) -> str:
    text = _("The license file of %(instance)s ended %(distance)s.")
    return text % _file_words(each, now)


def _file_ends(each: Activation, now: datetime) -> str:
    text = _("The license file of %(instance)s ends %(distance)s.")
    return text % _file_words(each, now)


def _file_words(each: Activation, now: datetime) -> dict[str, object]:
    ends_at = each.instance.heartbeat.document_ends_at
    return {"instance": each.instance, "distance": distance(ends_at, now)}


def _silent(each: Activation, now: datetime) -> str:
    text = _("%(instance)s last reported %(distance)s.")
    since = distance(each.instance.heartbeat.last_seen_at, now)
    return text % {"instance": each.instance, "distance": since}


_FILES: Final = gettext_lazy("Needs a new license file: %(names)s.")
_TROUBLES: Final = {
    InstanceState.LIMITED: _Trouble(
        "bad",
        "limited",
        gettext_lazy("Limited, after seven days of more users than seats: %(names)s."),
        _limited,
    ),
    InstanceState.FILE_ENDED: _Trouble("bad", "offline", _FILES, _file_ended),
    InstanceState.OVER: _Trouble(
        "notice",
        "over",
        gettext_lazy("With more users than seats: %(names)s."),
        _over,
    ),
    InstanceState.OFFLINE: _Trouble("notice", "offline", _FILES, _file_ends),
    InstanceState.SILENT: _Trouble(
        "notice",
        "silent",
        gettext_lazy("Silent for 14 days or more: %(names)s."),
        _silent,
        alone_up_to=1,
    ),
}
