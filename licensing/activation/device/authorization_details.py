"""`authorization_details` (RFC 9396) that describe the instance: as requested and as granted."""

from __future__ import annotations

from typing import Any, Final

from licensing.activation.actions.collecting import CollectedLicense
from licensing.activation.device.responses import Refusal
from licensing.activation.rules import installation
from licensing.activation.rules.installation import FactsInvalid, Installation
from licensing.protocol import strict_json

TYPE: Final = "ras_activation"
MAX_DETAILS_LENGTH: Final = 8192  # characters


def read(text: str) -> tuple[Installation, str]:
    """The requesting installation and its key hint ("" when there is none).

    Raises Refusal with `invalid_authorization_details` (RFC 9396 §5).
    """
    if len(text) > MAX_DETAILS_LENGTH:
        raise _invalid(f"At most {MAX_DETAILS_LENGTH} characters.")
    try:
        details = strict_json.read(text)
    except strict_json.NotJson as error:
        raise _invalid(str(error)) from error
    if not isinstance(details, list) or len(details) != 1 or not isinstance(details[0], dict):
        raise _invalid("This must be a list with one object.")
    fields = dict(details[0])
    if fields.pop("type", None) != TYPE:
        raise _invalid(f"The type must be {TYPE}.")
    try:
        return installation.read(fields)
    except FactsInvalid as error:
        raise _invalid(str(error)) from error


def granted(collected: CollectedLicense) -> list[dict[str, Any]]:
    """The granted details: the instance, its activation, and the document."""
    activation = collected.activation
    instance = activation.instance
    detail = {
        "type": TYPE,
        "mode": activation.mode,
        "instance_id": str(activation.installation),
        "instance_name": instance.name,
        "host": instance.host,
        "version": activation.version,
        "activation_id": str(activation.public_id),
        "license": collected.document,
    }
    if activation.from_version:
        detail["from_version"] = activation.from_version
    return [detail]


def _invalid(why: str) -> Refusal:
    return Refusal("invalid_authorization_details", f"authorization_details: {why}")
