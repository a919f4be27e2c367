"""What goes over the wire between the portal and the vendor's systems."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from licensing.activation.rules import installation as facts
from licensing.api.schemas import AccountOut, Body, Day, Version, Whole
from licensing.licenses.models.license import MAX_REASON_LENGTH
from licensing.purchases.rules import purchase_rows


class PurchaseIn(Body):
    """What was sold: the columns of the CSV."""

    order_number: str = Field(min_length=1, max_length=60, examples=["PO-2026-000123"])
    channel: Literal["online", "sales", "reseller"]
    company: str = Field(min_length=1, max_length=100, examples=["Acme Corp"])
    primary_email: str = Field(max_length=254, examples=["anna@acme.example"])
    product: Literal["ras", "desktop-business", "access-business"]
    kind: Literal["subscription", "permanent"]
    seats: Whole = Field(ge=1, le=purchase_rows.MAX_LICENSE_SEATS, examples=[100])
    starts_on: Day
    ends_on: Day | None = Field(default=None, description="Of a subscription: its last day")
    upgrade_insurance_until: Day | None = Field(
        default=None, description="Of a permanent license: the insurance's last day, if it has one"
    )
    version: Version | None = Field(
        default=None, description="The version bought; a permanent license needs it."
    )
    key: str | None = Field(
        default=None,
        max_length=facts.MAX_KEY_LENGTH,
        description="A key that was assigned already; else one is made.",
    )


class PurchaseOut(BaseModel):
    order_number: str
    license_id: uuid.UUID
    license_name: str
    key_last_five: str
    account: AccountOut | None = Field(
        description="Whose license it is; null until the buyer of an online purchase is proven"
    )
    account_opened: bool = Field(
        description="This purchase opened the account, and invited the primary email"
    )
    recorded_at: datetime


class Reason(Body):
    """Why the vendor does it, in words for the company."""

    reason: str = Field(
        min_length=1, max_length=MAX_REASON_LENGTH, examples=["The invoice of October is open."]
    )


class LicenseStateOut(BaseModel):
    license_id: uuid.UUID
    license_name: str
    account: AccountOut | None = Field(description="Null until the buyer is proven.")
    status: str = Field(
        description="`not_started`, `active`, `expires_soon`, `in_grace`, `expired` or `suspended`"
    )
    suspended_at: datetime | None
    reason: str | None = Field(description="Of the suspension; null while there is none.")
