"""What goes over the wire, as the OpenAPI document says it."""

from __future__ import annotations

import re
import uuid
from datetime import date, datetime
from typing import Annotated, Any, Final, Literal

from django.utils.translation import gettext as _
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from licensing.activation.rules import installation as facts
from licensing.fleet.rules import usage
from licensing.licenses.rules import releases

_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def _read_day(value: Any) -> date:
    """ISO 8601, and only the form with dashes: `2026-11-24`."""
    try:
        if isinstance(value, str) and _DAY.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise ValueError(_("This must be a day, like 2026-11-24."))


def _read_version(value: Any) -> Any:
    if isinstance(value, str) and releases.major(value) is None:
        raise ValueError(_("A version looks like 20.0."))
    return value


def _read_whole(value: Any) -> Any:
    """JSON knows one kind of number: 41.0 is 41."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Whole = Annotated[int, BeforeValidator(_read_whole)]
Day = Annotated[
    date, BeforeValidator(_read_day), WithJsonSchema({"type": "string", "format": "date"})
]
Version = Annotated[
    str,
    BeforeValidator(_read_version),
    Field(max_length=releases.MAX_VERSION_LENGTH),
    WithJsonSchema(
        {
            "type": "string",
            "maxLength": releases.MAX_VERSION_LENGTH,
            "pattern": r"^[0-9]{1,3}(\.[0-9]{1,6}){0,3}$",
            "examples": ["21.0"],
        }
    ),
]


class Body(BaseModel):
    """What comes in: nothing unknown, nothing converted."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Usage(Body):
    """One day of use."""

    date: Day = Field(description="In UTC; at most 400 days back, and tomorrow at the latest.")
    peak_users: Whole = Field(
        ge=0, le=usage.MAX_PEAK_USERS, examples=[41], description="The most users at once."
    )


class CheckIn(Body):
    """What an instance reports, once a day. The same day may come again: the last report counts."""

    version: Version
    usage: list[Usage] = Field(
        default_factory=list,
        max_length=usage.MAX_DAYS_IN_REPORT,
        description="Each day once: those after `acknowledged_through` of the last answer.",
    )


class Installation(Body):
    """What an instance says of itself: the object of `authorization_details`, and a key."""

    type: Literal["ras_activation"] = "ras_activation"
    mode: Literal["activate", "upgrade"]
    instance_id: str = Field(
        pattern="^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$",
        max_length=36,
        description="The UUID that was made at installation.",
        examples=["0d9b3f8e-6d0f-4b51-9f0a-5a0f2f6f1c11"],
    )
    instance_name: str = Field(
        min_length=1, max_length=facts.MAX_NAME_LENGTH, examples=["Farm One"]
    )
    host: str = Field(
        default="",
        max_length=facts.MAX_HOST_LENGTH,
        pattern=r"^[A-Za-z0-9._:\[\]-]*$",
        examples=["ras1.example.com"],
    )
    version: Version
    from_version: Version | None = Field(
        default=None, description="The version before; an upgrade needs it, and only an upgrade."
    )
    key_hint: str | None = Field(default=None, max_length=facts.MAX_KEY_LENGTH)
    key: str | None = Field(
        default=None,
        max_length=facts.MAX_KEY_LENGTH,
        description="Only the token's own key; a check against mixing up tokens.",
    )


class AccountOut(BaseModel):
    id: str = Field(description="As in the address of its pages.")
    name: str


class ActivationOut(BaseModel):
    id: uuid.UUID
    channel: str = Field(description="`online`, `offline` or `unattended`")
    version: str = Field(description="The version that was activated.")
    activated_at: datetime
    ended_at: datetime | None
    ending: str | None = Field(
        description="`console`, `portal`, `file`, `again`, `moved`, `replaced`, `lost`, "
        "`not_collected` or `withdrawn`; null while it runs."
    )


class LicenseOut(BaseModel):
    name: str
    kind: str = Field(description="`subscription`, `permanent` or `trial`")
    product: str
    status: str = Field(
        description="`not_started`, `active`, `expires_soon`, `in_grace`, `expired` or `suspended`"
    )
    seats: int = Field(
        description="Concurrent users that this key allows; its instances share them."
    )
    key_last_five: str
    expires_on: date | None = Field(description="Null: it has no end.")
    runs_until: date | None = Field(description="The last day, grace included.")
    max_version: int | None = Field(description="The newest major version covered; null: all.")


class InstanceOut(BaseModel):
    """What the portal knows of an instance."""

    instance_id: uuid.UUID
    name: str
    host: str
    version: str = Field(description="As last reported.")
    state: Literal["licensed", "deactivated"]
    account: AccountOut
    activation: ActivationOut
    license: LicenseOut
    document_ends_at: datetime | None = Field(description="Check in before that.")
    last_check_in_at: datetime | None


class DocumentOut(BaseModel):
    license: str = Field(description="The license document: a compact JWS, checkable offline.")


class NoticeOut(BaseModel):
    code: str = Field(
        description="`license_expires_soon`, `license_in_grace`, `license_expired`, "
        "`license_suspended`, `version_not_covered`, `seats_exceeded` or `limited`"
    )
    text: str = Field(description="A sentence to show.")


class CheckInOut(DocumentOut):
    notices: list[NoticeOut]
    acknowledged_through: date | None = Field(
        description="The latest day that the portal knows; report the days after it next time."
    )
    next_check_in_at: datetime = Field(
        description="When to check in next: check-ins are spread over the day."
    )


class ReceiptOut(BaseModel):
    receipt: str = Field(description="Signed proof that the activation has ended: a compact JWS.")


class ActivatedOut(DocumentOut):
    token: str = Field(description="The instance's token; shown only now.")
    activation_id: uuid.UUID


class FieldErrorOut(BaseModel):
    pointer: str = Field(description="The field's place in the body (RFC 6901).")
    detail: str


class ProblemOut(BaseModel):
    """A refusal (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    code: str = Field(description="Stays the same; act on it.")
    errors: list[FieldErrorOut]
    reference: str = Field(description="Support finds the request by it.")
