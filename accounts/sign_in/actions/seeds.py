"""Bringing all second steps' seeds under the key that is the first one now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction

from accounts.errors import SeedUnreadable
from accounts.sign_in import seeds


@dataclass
class Rewritten:
    """How many second steps were written anew, were right already, or fit no key."""

    changed: int = 0
    unchanged: int = 0
    unreadable: int = 0


def rewrite_all() -> Rewritten:
    """Write each seed as `seeds.encrypt` writes new ones.

    Each row is locked for itself, so that nobody waits; it may run again at any time.
    """
    done = Rewritten()
    held = Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN)
    for pk in held.order_by("pk").values_list("pk", flat=True).iterator():
        _rewrite(pk, done)
    return done


@transaction.atomic
def _rewrite(pk: int, done: Rewritten) -> None:
    row = Authenticator.objects.select_for_update().filter(pk=pk).first()
    if row is None:  # removed meanwhile
        return
    try:
        data = {name: _current(name, value) for name, value in row.data.items()}
    except SeedUnreadable:
        done.unreadable += 1
        return
    if data == row.data:
        done.unchanged += 1
        return
    row.data = data
    row.save(update_fields=["data"])
    done.changed += 1


def _current(name: str, value: Any) -> Any:
    """What allauth.mfa encrypts: a seed, or a list of codes that came from another system."""
    if name in ("secret", "seed"):
        return _written_anew(value)
    if name == "migrated_codes":
        return [_written_anew(code) for code in value]
    return value


def _written_anew(stored: str) -> str:
    return stored if seeds.is_current(stored) else seeds.encrypt(seeds.decrypt(stored))
