"""What happens here and may concern the packages above: they connect receivers."""

from __future__ import annotations

from typing import Final

from django.dispatch import Signal

# A person made a business account: account=, by=, now=; inside the transaction.
account_created: Final = Signal()
