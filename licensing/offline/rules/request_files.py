"""Request files of consoles without a network (`.rasreq`): strict JSON, pure.

    {"type": "ras_activation_request", "mode": "activate|upgrade|refresh|deactivate",
     "request_id": "<random>", "created_at": "2026-11-24T09:30:00Z", "instance_id": …, …}

and so on with the facts of an installation. A refresh or a deactivation carries the document
 that the instance runs on (`license`), as proof that it is the licensed one, and may carry
the usage since its last report (`usage`: date and peak_users).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from licensing.activation.rules import installation as installation_facts
from licensing.activation.rules.installation import FactsInvalid, Installation
from licensing.fleet.rules.usage import MAX_DAYS_IN_REPORT, MAX_PEAK_USERS
from licensing.offline.errors import RequestFileInvalid
from licensing.protocol import strict_json

TYPE: Final = "ras_activation_request"
MAX_REQUEST_FILE_BYTES: Final = 64 * 1024
REFRESH: Final = "refresh"
DEACTIVATE: Final = "deactivate"
_OF_THE_FILE: Final = frozenset({"type", "request_id", "created_at", "usage", "license"})
_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9_-]{16,64}", re.ASCII)
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


@dataclass(frozen=True)
class RequestFile:
    """What a console asks for; `digest` is the same however the file was copied or pasted."""

    mode: str
    installation: Installation
    key_hint: str
    usage: dict[date, int]
    license: str
    digest: str

    @property
    def needs_approval(self) -> bool:
        """True when a person chooses what the instance shall run under."""
        return self.mode in installation_facts.MODES


def read(content: bytes) -> RequestFile:
    """The request in a file's bytes; raises RequestFileInvalid, whose text says what is wrong."""
    fields = _object(content)
    if fields.get("type") != TYPE:
        raise RequestFileInvalid
    _match(fields, "request_id", _REQUEST_ID)
    _moment(fields.get("created_at"))
    mode = fields.get("mode")
    installation, key_hint = _facts(fields, mode)
    of_licensed = mode in (REFRESH, DEACTIVATE)
    if not of_licensed and fields.keys() & {"usage", "license"}:
        raise _wrong("mode", _("Only a licensed instance reports usage and a license."))
    return RequestFile(
        mode=str(mode),
        installation=installation,
        key_hint=key_hint,
        usage=_usage(fields.get("usage", [])),
        license=_license(fields.get("license")) if of_licensed else "",
        digest=digest(fields),
    )


def digest(fields: Mapping[str, Any]) -> str:
    """SHA-256, in hex, of the one way to write `fields`: spaces and line ends don't count."""
    plain = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(plain.encode()).hexdigest()


def _object(content: bytes) -> dict[str, Any]:
    if len(content) > MAX_REQUEST_FILE_BYTES:
        raise RequestFileInvalid(
            _("A request file is at most 64 KB. This must be a different file.")
        )
    try:
        # Editors on Windows put a byte order mark in front.
        fields = strict_json.read(content.removeprefix(b"\xef\xbb\xbf"))
    except strict_json.NotJson as error:
        raise RequestFileInvalid from error
    if not isinstance(fields, dict):
        raise RequestFileInvalid
    return fields


def _facts(fields: Mapping[str, Any], mode: object) -> tuple[Installation, str]:
    facts = {name: value for name, value in fields.items() if name not in _OF_THE_FILE}
    if mode in (REFRESH, DEACTIVATE):
        facts["mode"] = "activate"  # the facts of an instance that stays what it is
    try:
        return installation_facts.read(facts)
    except FactsInvalid as error:
        raise RequestFileInvalid(
            _("This request file can't be used: %(why)s") % {"why": error}
        ) from error


def _usage(days: object) -> dict[date, int]:
    if not isinstance(days, list) or len(days) > MAX_DAYS_IN_REPORT:
        raise _wrong("usage", _("At most %(count)d days.") % {"count": MAX_DAYS_IN_REPORT})
    usage: dict[date, int] = {}
    for entry in days:
        if not isinstance(entry, dict) or entry.keys() != {"date", "peak_users"}:
            raise _wrong("usage", _("Each day has date and peak_users."))
        day, peak = _day(entry["date"]), entry["peak_users"]
        if type(peak) is not int or not 0 <= peak <= MAX_PEAK_USERS:
            raise _wrong("usage", _("peak_users is a number up to a million."))
        if day in usage:
            raise _wrong("usage", _("A day appears twice."))
        usage[day] = peak
    return usage


def _day(text: object) -> date:
    if isinstance(text, str) and _DAY.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    raise _wrong("usage", _("A date looks like 2026-11-24."))


def _moment(text: object) -> None:
    if isinstance(text, str) and _MOMENT.fullmatch(text):
        try:
            datetime.fromisoformat(text)
        except ValueError:
            pass
        else:
            return
    raise _wrong("created_at", _("A moment looks like 2026-11-24T09:30:00Z."))


def _match(fields: Mapping[str, Any], name: str, pattern: re.Pattern[str]) -> None:
    value = fields.get(name)
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise _wrong(name, _("This must be 16 to 64 random letters and digits."))


def _license(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise _wrong("license", _("The license document of the instance belongs here."))
    return value


def _wrong(name: str, why: str) -> RequestFileInvalid:
    return RequestFileInvalid(
        _("This request file can't be used: %(field)s: %(why)s") % {"field": name, "why": why}
    )
