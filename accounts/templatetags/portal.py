"""Filters that the elements in `templates/allauth/elements/` are drawn with."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final, Protocol
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from allauth.account.utils import passthrough_next_redirect_url
from django import template
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.messages.storage.base import Message
from django.forms import BoundField
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext_lazy

from accounts import permissions
from accounts.web.destinations import next_url

register = template.Library()
# Characters of a field without a limit of its own, such as a list of ten thousand addresses.
_MAX_FIELD_LENGTH: Final = 200_000

MEANINGS = {"success": "good", "warning": "notice", "error": "bad", "danger": "bad"}
# Unit, its length in seconds, and the distance from which on it is used.
UNITS = (
    ("year", 31557600, 2 * 31557600),
    ("month", 2629800, 26 * 604800),
    ("week", 604800, 14 * 86400),
    ("day", 86400, 2 * 86400),
    ("hour", 3600, 2 * 3600),
    ("minute", 60, 0),
)
_AMOUNTS: Final = {
    "minute": ngettext_lazy("%d minute", "%d minutes"),
    "hour": ngettext_lazy("%d hour", "%d hours"),
    "day": ngettext_lazy("%d day", "%d days"),
    "week": ngettext_lazy("%d week", "%d weeks"),
    "month": ngettext_lazy("%d month", "%d months"),
    "year": ngettext_lazy("%d year", "%d years"),
}


@register.filter
def initials(name: object) -> str:
    """One or two capitals that stand for a person or an address, "?" when there is nothing."""
    words = [word for word in str(name or "").split("@")[0].replace(".", " ").split() if word]
    if not words:
        return "?"
    chosen = words[:1] if len(words) == 1 else [words[0], words[-1]]
    return "".join(word[0] for word in chosen).upper()


def _amount(unit: str, count: int) -> str:
    return str(_AMOUNTS[unit] % count)


def _moment(value: date | datetime) -> datetime:
    if isinstance(value, datetime):
        return value if timezone.is_aware(value) else timezone.make_aware(value)
    return timezone.make_aware(datetime.combine(value, time.min))


def _days_apart(days: int) -> str:
    if days == 0:
        return _("today")
    if days == 1:
        return _("tomorrow")
    if days == -1:
        return _("yesterday")
    return _directed(days * 86400)


def _directed(seconds: float) -> str:
    size = abs(seconds)
    unit, length = next((unit, length) for unit, length, start in UNITS if size >= start)
    # What has just begun is whole: a link good for 14 days ends in 14 days, not in 13.
    amount = _amount(unit, max(1, int(size / length + 0.05)))
    return (_("in %s") if seconds > 0 else _("%s ago")) % amount


@register.filter
def distance(value: date | datetime | None, now: datetime | None = None) -> str:
    """How far a day or moment is from now, in words: "in 14 weeks", "3 hours ago", "today"."""
    if not value:
        return ""
    now = now or timezone.now()
    if not isinstance(value, datetime):
        return _days_apart((value - timezone.localdate(now)).days)
    seconds = (_moment(value) - now).total_seconds()
    return _("now") if abs(seconds) < 60 else _directed(seconds)


@register.filter
def meaning(tag: object) -> str:
    """The meaning (good, notice, bad, quiet) behind a message level or an element's tag."""
    name = str(tag or "")
    return MEANINGS.get(name, name if name in ("good", "notice", "bad", "quiet") else "info")


@register.filter
def undo_url(message: Message) -> str:
    """The local address a flash message offers for undoing, from `extra_tags="undo=/path/"`."""
    tag, _sep, url = str(message.extra_tags or "").partition("=")
    if tag == "undo" and url.startswith("/") and url_has_allowed_host_and_scheme(url, None):
        return url
    return ""


@register.filter
def with_email(url: str, email: str | None) -> str:
    """The same address with `email` in its query, so that a form there comes prefilled."""
    if not email:
        return url
    parts = urlsplit(url)
    query = [pair for pair in parse_qsl(parts.query) if pair[0] != "email"]
    return urlunsplit(parts._replace(query=urlencode([*query, ("email", email)])))


@register.filter
def with_next(url: str, request: HttpRequest | None) -> str:
    """The same address carrying on where the person was going, if that is a safe place."""
    if not request:
        return url
    return str(passthrough_next_redirect_url(request, url, REDIRECT_FIELD_NAME))


@register.simple_tag(takes_context=True)
def next_field(context: template.Context) -> str:
    """A hidden field that carries on where the person was going; nothing for a foreign place."""
    request: HttpRequest | None = context.get("request")
    onward = next_url(request) if request else ""
    return format_html('<input type="hidden" name="next" value="{}">', onward) if onward else ""


@register.filter
def as_lead(label: object) -> str:
    """A field's label as it stands before its error: with a colon, unless it is a question."""
    words = str(label or "")
    if not words:
        return ""
    return f"{words} " if words.endswith("?") else f"{words}: "


@register.filter
def control(field: BoundField, hinted: bool = True) -> SafeString:
    """The field's widget, without placeholder, tied to its hint and error for a screen reader."""
    ids = []
    if hinted:
        ids.append(f"{field.auto_id}_helptext")
    if field.errors:
        ids.append(f"{field.auto_id}_error")
    # Labels stand above: a placeholder would repeat them and vanish while typing.
    attrs: dict[str, Any] = {"placeholder": False, "aria-describedby": " ".join(ids) or False}
    if getattr(field.field.widget, "input_type", "") == "email":
        attrs |= {"inputmode": "email", "autocapitalize": "none", "spellcheck": "false"}
    _cut(field)
    return field.as_widget(attrs=attrs)


def _cut(field: BoundField) -> None:
    """A megabyte that was refused isn't sent back: enough of it to see what went wrong."""
    longest = getattr(field.field, "max_length", None) or _MAX_FIELD_LENGTH
    if isinstance(field.data, str) and len(field.data) > 2 * longest:
        data: Any = copy(field.form.data)  # one that may be changed
        data[field.html_name] = field.data[: 2 * longest]
        field.form.data = data


@register.filter
def explanation(field: BoundField, value: object) -> str:
    """What a choice means, from the field's `explanations` mapping of value to sentence."""
    explanations: Mapping[str, str] = getattr(field.field, "explanations", {})
    return str(explanations.get(str(value), ""))


@dataclass(frozen=True)
class JourneyStep:
    """One step of the journey as the reader sees it: done, now or ahead."""

    key: str
    name: str
    state: str


@register.filter
def journey_steps(present: str | None) -> list[JourneyStep]:
    """The five steps of the journey, each done, now or ahead of the present one (DESIGN).

    After the last one the present is "done".
    """
    names = {
        "check": _("Check"),
        "account": _("Account"),
        "verify": _("Verify"),
        "company": _("Company"),
        "activate": _("Activate"),
    }
    keys = list(names)
    at = [*keys, "done"].index(present) if present in [*keys, "done"] else 0
    states = ["done" if i < at else "now" if i == at else "ahead" for i in range(len(keys))]
    return [JourneyStep(key, names[key], state) for key, state in zip(keys, states, strict=True)]


class _Member(Protocol):
    def may(self, permission: permissions.PackagePermission) -> bool: ...


@register.filter
def may(membership: _Member, name: str) -> bool:
    """True when the member has the permission called `name`, which some package has declared."""
    return membership.may(permissions.named(name))


@register.filter
def lookup(mapping: Mapping[str, Any] | None, key: str) -> Any:
    """The value under a key, or nothing: templates can't index by a variable."""
    return mapping.get(key, "") if mapping else ""


@register.filter
def browser(user_agent: str) -> str:
    """A browser and system as people call them, such as "Firefox on Windows"."""
    browsers = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"))
    systems = (
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    )
    name = next(
        (name for mark, name in (*browsers, ("Safari", "Safari")) if mark in user_agent), ""
    )
    system = next((name for mark, name in systems if mark in user_agent), "")
    if name and system:
        return _("%(browser)s on %(system)s") % {"browser": name, "system": system}
    return name or system or _("Unknown browser")
