"""The audit log in sentences that a person can read."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.audit.events import Event
from accounts.audit.models import AuditEvent
from accounts.audit.registry import SENTENCES
from accounts.permissions import Role

_SETTINGS: Final = {
    ("require_two_step", True): gettext_lazy(
        "%(actor)s made two-step sign-in required for everyone"
    ),
    ("require_two_step", False): gettext_lazy("%(actor)s made two-step sign-in optional"),
    ("joinable_by_domain", True): gettext_lazy("%(actor)s let colleagues ask to join"),
    ("joinable_by_domain", False): gettext_lazy("%(actor)s stopped letting colleagues ask to join"),
}


def sentences(event: AuditEvent) -> list[str]:
    """What happened, one sentence for each thing; plain where this release knows no sentence."""
    if event.event == Event.ACCOUNT_SETTINGS_CHANGED:
        known = [_SETTINGS[item] for item in event.details.items() if item in _SETTINGS]
        if known:
            return [str(sentence) % {"actor": event.actor_name} for sentence in known]
    words = {"actor": event.actor_name, "subject": event.subject} | {
        name: _word(name, value) for name, value in event.details.items()
    }
    try:
        return [str(SENTENCES[event.event]) % words]
    except KeyError:
        plain = (
            _("%(actor)s: %(event)s")
            if not event.subject
            else _("%(actor)s: %(event)s, %(subject)s")
        )
        return [plain % {**words, "event": event.label}]


def _word(name: str, value: object) -> str:
    if name in ("role", "before", "after") and value in Role.values:
        return str(Role(value).label)
    return str(value)
