"""What a person chose for a request."""

from __future__ import annotations

from dataclasses import dataclass

from licensing.licenses.models import Instance, Key, License


@dataclass(frozen=True)
class ApprovalChoice:
    """What an instance shall run under: a key, a key to be cut from a license, or a trial."""

    key: Key | None = None
    cut_from: License | None = None
    seats: int = 0
    replacing: Instance | None = None

    @property
    def is_trial(self) -> bool:
        return self.key is None and self.cut_from is None
