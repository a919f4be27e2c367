"""A person's choices for an activation request."""

from __future__ import annotations

from dataclasses import dataclass

from licensing.licenses.models import Instance, Key, License


@dataclass(frozen=True)
class ApprovalChoice:
    """What to run an instance under: an existing key, a key to cut from a license, or a trial."""

    key: Key | None = None
    cut_from: License | None = None
    seats: int = 0
    replacing: Instance | None = None

    @property
    def is_trial(self) -> bool:
        return self.key is None and self.cut_from is None
