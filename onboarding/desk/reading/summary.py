"""What may be handed on about a company, to a colleague or another team: no names, no addresses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from accounts.outbox.models import OutboxMail
from onboarding.desk.reading.company_history import Story

_REFERENCES: Final = 3
_NONE: Final = "–"


def summary(story: Story) -> str:
    """A few lines in plain words, without anything that names a person, a mailbox or a key."""
    return "\n".join(_lines(story))


def _lines(story: Story) -> Iterator[str]:
    account = story.account
    yield f"{account.slug} · {account.get_origin_display()} · {account.created_at:%Y-%m-%d}"
    yield f"Members: {_counted(member.get_role_display() for member in story.members)}"
    yield f"Invitations: {_counted(outcome.label for _invitation, outcome in story.invitations)}"
    yield f"Purchases: {', '.join(each.order_number for each in story.purchases) or _NONE}"
    for line in story.licenses:
        license = line.license
        yield f"License: {license} · {line.word} · {license.seats_taken} of {license.seats} seats"
    for instance in story.instances:
        yield f"Instance: {instance.instance_id} · {instance.version}"
    yield f"Mails: {_counted(_state(mail) for mail in story.mails)}"
    references = [event.reference for event, _told in story.events if event.reference]
    yield f"References: {', '.join(list(dict.fromkeys(references))[:_REFERENCES]) or _NONE}"


def _counted(words: Iterable[object]) -> str:
    counts = Counter(map(str, words))
    return ", ".join(f"{count} {word.lower()}" for word, count in sorted(counts.items())) or _NONE


def _state(mail: OutboxMail) -> str:
    if mail.bounced_at:
        return "bounced"
    return "delivered" if mail.delivered_at else mail.get_status_display()
