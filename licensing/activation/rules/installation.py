"""What an instance reports about itself, validated the same way for device flow, API and files."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.identity.validators import validate_plain_text
from licensing.licenses.rules import key_codes, releases

MODES: Final = ("activate", "upgrade")
MAX_NAME_LENGTH: Final = 60
MAX_HOST_LENGTH: Final = 253
MAX_KEY_LENGTH: Final = 64
FIELDS: Final = frozenset(
    {"mode", "instance_id", "instance_name", "host", "version", "from_version", "key_hint"}
)
_HOST: Final = re.compile(r"[A-Za-z0-9._:\[\]-]*", re.ASCII)


class FactsInvalid(ValueError):
    """Some fields are invalid; `errors` has a message for each."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("; ".join(f"{field}: {text}" for field, text in errors.items()))
        self.errors = errors


class _Wrong(Exception):
    """One value is invalid; the message can be shown to people."""


@dataclass(frozen=True)
class Installation:
    """One installed RAS farm, as it describes itself."""

    instance_id: uuid.UUID
    name: str
    host: str
    version: str
    mode: str = "activate"
    from_version: str = ""


def read(fields: Mapping[str, object]) -> tuple[Installation, str]:
    """The installation in `fields` and its key hint ("" when there is none); raises FactsInvalid.

    `fields` is parsed JSON with values of any type. Unknown fields are refused.
    """
    errors = {name: _("This field is unknown.") for name in fields.keys() - FIELDS}
    values: dict[str, str] = {}
    for name, check in _CHECKS.items():
        try:
            values[name] = check(fields.get(name))
        except _Wrong as error:
            errors[name] = str(error)
    if "version" in values and "from_version" in values and "mode" in values:
        _check_versions(values, errors)
    if errors:
        raise FactsInvalid(errors)
    installation = Installation(
        instance_id=uuid.UUID(values["instance_id"]),
        name=values["instance_name"],
        host=values["host"],
        version=values["version"],
        mode=values["mode"],
        from_version=values["from_version"],
    )
    return installation, values["key_hint"]


def _check_versions(values: dict[str, str], errors: dict[str, str]) -> None:
    if values["mode"] == "activate":
        if values["from_version"]:
            errors["from_version"] = _("This field is only for upgrades.")
    elif not values["from_version"]:
        errors["from_version"] = _("An upgrade needs the version it comes from.")
    elif releases.ordered(values["from_version"]) >= releases.ordered(values["version"]):
        errors["version"] = _("An upgrade needs a higher version.")


def _text(value: object, longest: int) -> str:
    if not isinstance(value, str):
        raise _Wrong(_("This must be text."))
    if len(value) > longest:
        raise _Wrong(_("Use at most %(count)d characters.") % {"count": longest})
    return value


def _mode(value: object) -> str:
    if value not in MODES:
        raise _Wrong(_("This is either activate or upgrade."))
    return str(value)


def _instance_id(value: object) -> str:
    text = _text(value, 36)
    if not re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", text, re.ASCII):
        raise _Wrong(_("This must be a UUID."))
    return text.lower()


def _name(value: object) -> str:
    text = _text(value, MAX_NAME_LENGTH).strip()
    if not text:
        raise _Wrong(_("An instance needs a name."))
    try:
        validate_plain_text(text)
    except ValidationError as error:
        raise _Wrong(error.messages[0]) from error
    return text


def _host(value: object) -> str:
    text = _text("" if value is None else value, MAX_HOST_LENGTH)
    if not _HOST.fullmatch(text):
        raise _Wrong(_("This must be a host name or an address."))
    return text


def _version(value: object) -> str:
    text = _text(value, releases.MAX_VERSION_LENGTH)
    if releases.major(text) is None:
        raise _Wrong(_("A version looks like 20.0."))
    return text


def _from_version(value: object) -> str:
    return _version(value) if value is not None else ""


def _key_hint(value: object) -> str:
    if value is None:
        return ""
    try:
        return key_codes.canonical(_text(value, MAX_KEY_LENGTH))
    except key_codes.InvalidKey as error:
        raise _Wrong(str(error)) from error


_CHECKS: Final = {
    "mode": _mode,
    "instance_id": _instance_id,
    "instance_name": _name,
    "host": _host,
    "version": _version,
    "from_version": _from_version,
    "key_hint": _key_hint,
}
