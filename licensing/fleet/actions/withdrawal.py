"""Withdrawing trust from a leaked signing key (SPEC 4.3, 6)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

import structlog
from django.conf import settings
from django.db import transaction

from licensing.documents import key_set_files, signing_keys
from licensing.documents.models import WithdrawnKey
from licensing.licenses.models import Activation

_CLOCKS_DIFFER: Final = timedelta(hours=1)  # another host may still sign with the previous key
log = structlog.get_logger(__name__)


@transaction.atomic
def withdraw(*, kids: Collection[str], now: datetime) -> list[str]:
    """Remove keys from the published set at once; return those that weren't withdrawn before.

    Documents that they signed are rejected here, and by consoles that have reloaded the set. The
    next check-in of an instance returns a document signed with another key.
    """
    new = []
    for kid in sorted(kids):
        _row, made = WithdrawnKey.objects.get_or_create(kid=kid, defaults={"withdrawn_at": now})
        if made:
            new.append(kid)
            log.warning("license_key_withdrawn", kid=kid)
    return new


def forget_private_parts(*, now: datetime) -> None:
    """Remove private parts of keys that no longer sign from the key file, so that they can't
    leak."""
    path: Path | None = settings.PORTAL_LICENSE_KEY_FILE
    if path is None:
        return
    tidy = partial(signing_keys.tidied, now=now - _CLOCKS_DIFFER)
    try:
        text = path.read_text(encoding="utf-8")
        if tidy(text) != text:
            key_set_files.replace(path, tidy)
    # The file can be changed only by its owner.
    except (OSError, signing_keys.KeySetInvalid) as error:
        log.warning("license_keys_not_tidied", error=type(error).__name__)


def offline_under(kids: Collection[str]) -> Iterator[Activation]:
    """Live offline activations whose present document was signed with one of the keys. They stay
    affected until someone carries a new file to them."""
    live = Activation.objects.live().filter(channel=Activation.Channel.OFFLINE)
    held = live.filter(instance__heartbeat__document_kid__in=kids)
    ordered = held.with_all().order_by("instance__account__name", "instance__name", "pk")
    return ordered.iterator(chunk_size=1000)


def reporting_under(kids: Collection[str]) -> int:
    """How many online instances still hold a document signed with one of the keys."""
    live = Activation.objects.live().collected().reporting()
    return live.filter(instance__heartbeat__document_kid__in=kids).count()
