"""What happens here and may concern the packages above: they connect receivers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.dispatch import Signal

# A person made a business account: account=, by=, now=; inside the transaction.
account_created: Final = Signal()


@dataclass(frozen=True)
class ReturnTarget:
    """Where a person was on the way to when signing out."""

    url: str
    words: str


# A person signs out: request=, its session still there; a receiver may answer with a ReturnTarget.
signing_out: Final = Signal()

# Is anything known of a new account beyond its name? account=; a receiver answers True for yes.
vouching: Final = Signal()
