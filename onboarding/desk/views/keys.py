"""The keys that sign licenses, and which instances still trust one that was withdrawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.sign_in.views.staff import staff_only
from licensing.documents import documents
from licensing.documents.models import WithdrawnKey
from licensing.documents.signing_keys import SigningKey, signing
from licensing.fleet.actions import withdrawal
from licensing.protocol.date_text import in_words

_MAX_SHOWN: Final = 200  # instances without a network; the command lists all


@dataclass(frozen=True)
class SigningKeyRow:
    """One key, and what it is good for."""

    kid: str
    word: str
    meaning: str


@staff_only
@require_safe
def license_keys(request: HttpRequest) -> HttpResponse:
    """Each key with its state, then the instances by file that a withdrawn one still licenses."""
    withdrawn = {row.kid: row for row in WithdrawnKey.objects.order_by("-withdrawn_at", "-pk")}
    exposed = list(islice(withdrawal.offline_under(withdrawn), _MAX_SHOWN + 1)) if withdrawn else []
    context = {
        "lines": _lines(withdrawn, timezone.now()),
        "withdrawn": withdrawn,
        "exposed": exposed[:_MAX_SHOWN],
        "more": len(exposed) > _MAX_SHOWN,
    }
    return render(request, "staff/license_keys.html", context)


def _lines(withdrawn: dict[str, WithdrawnKey], now: datetime) -> list[SigningKeyRow]:
    good = [key for key in documents.all_keys() if key.kid not in withdrawn]
    now_signs = signing(good, now=now)
    kept = [SigningKeyRow(key.kid, *_state(key, now_signs, now)) for key in reversed(good)]
    text = _("Withdrawn on %(day)s")
    gone = [
        SigningKeyRow(row.kid, text % {"day": in_words(row.withdrawn_at)}, "bad")
        for row in withdrawn.values()
    ]
    return kept + gone


def _state(key: SigningKey, now_signs: SigningKey, now: datetime) -> tuple[str, str]:
    if key == now_signs:
        return _("Signs now"), "good"
    if key.signs_from > now.timestamp():
        day = in_words(datetime.fromtimestamp(key.signs_from, UTC))
        return _("Signs from %(day)s on") % {"day": day}, "quiet"
    return _("Verifies earlier licenses"), "quiet"
