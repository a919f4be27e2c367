"""What becomes of each address of a bulk invitation."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class AddressOutcome(Enum):
    INVITED = "invited"
    RESENT = "resent"
    ALREADY_MEMBER = "already_member"
    INVALID = "invalid"
    SUSPICIOUS = "suspicious"
    REFUSED = "refused"


@dataclass(frozen=True)
class AddressResult:
    """What became of one address in a bulk invitation; `message` is fit to show."""

    address: str
    result: AddressOutcome
    message: str

    @property
    def is_good(self) -> bool:
        return self.result in (AddressOutcome.INVITED, AddressOutcome.RESENT)
