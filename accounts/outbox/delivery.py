"""Sending what is due outside any transaction, and recording what happened.

Accepted mails are recorded in groups of at most 20, and no later than a second after the first of a
group: a crash sends at most one group again (docs/decisions/0010-mail-outbox.md).
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog
from django.core.mail.backends.base import BaseEmailBackend
from django.db import DatabaseError, models
from django.utils import timezone

from accounts.outbox import transport
from accounts.outbox.claiming import LEASE_DURATION, claim
from accounts.outbox.models import OutboxMail, OutboxMailQuerySet, Status

log = structlog.get_logger(__name__)

# A crash between the server's yes and our commit doubles one group at most.
GROUP: Final = 20
GROUP_SECONDS: Final = timedelta(seconds=1)
# A batch that takes longer is put back, so that a code which has come meanwhile goes first.
_PATIENCE: Final = timedelta(seconds=3)
# A run ends in time for Celery's limits; the sweep starts the next one.
_RUN: Final = timedelta(seconds=55)
_FIRST_DELAY: Final = timedelta(seconds=20)
_MAX_DELAY: Final = timedelta(minutes=30)
_SILENCE: Final = timedelta(seconds=15)
_server_away_until = datetime.min.replace(tzinfo=UTC)
Clock = Callable[[], datetime]


def deliver_due(*, clock: Clock = timezone.now) -> int:
    """Send what is due, batch by batch, over one connection; return how many were accepted.

    A mail server that can't be reached isn't tried again by this process for 15 seconds: rings
    for each page's mail would otherwise queue up behind its timeouts.
    """
    global _server_away_until
    if timedelta(0) < _server_away_until - clock() <= _SILENCE:
        return 0
    _end_overdue(clock())
    run = _Run(clock)
    try:
        while run.goes_on() and (mails := claim(now=clock())):
            run.deliver(mails)
    finally:
        run.end()
    if run.broken:
        _server_away_until = clock() + _SILENCE
    return run.accepted


class _Run:
    """One worker's round: one connection, and the batch that it holds."""

    def __init__(self, clock: Clock) -> None:
        self.accepted = 0
        self._clock = clock
        self._ends_at = clock() + _RUN
        self._channel: BaseEmailBackend | None = None
        self._over_this_channel = 0
        self.broken = False
        self._lease: uuid.UUID | None = None
        self._sure_until = clock()
        # Taken by the server, and not yet recorded: each mail's key and its id at the provider.
        self._unrecorded: dict[int, str] = {}
        self._unrecorded_since = clock()

    def goes_on(self) -> bool:
        return not self.broken and self._clock() < self._ends_at

    def end(self) -> None:
        """Record what isn't yet, and hang up."""
        try:
            self._record()
        finally:
            self._hang_up()

    def _hang_up(self) -> None:
        if self._channel is not None:
            with suppress(Exception):  # a goodbye that fails changes nothing
                self._channel.close()
        self._channel = None

    def deliver(self, mails: list[OutboxMail]) -> None:
        """Send a claimed batch; what there was no time for is queued as it was."""
        now = self._clock()
        leased_until = mails[0].lease_until or now
        self._lease, self._sure_until = mails[0].lease, leased_until - LEASE_DURATION / 2
        put_back_at = min(now + _PATIENCE, self._ends_at)
        for position, mail in enumerate(mails):
            if position and (self.broken or self._clock() > put_back_at):
                self._record()
                self._held().move(Status.QUEUED, attempts=models.F("attempts") - 1)
                return
            self._deliver_one(mail)
            if self._group_is_full():
                self._record()
        self._record()

    def _deliver_one(self, mail: OutboxMail) -> None:
        now = self._clock()
        ours = self._held().filter(pk=mail.pk)
        if mail.delivered_at or mail.bounced_at:
            # Its first worker died after the server's yes, and the provider told us the rest.
            ours.move(Status.SENT, sent_at=now)
        elif mail.expires_at <= now:
            ours.move(Status.EXPIRED)
        elif self._still_holds(mail, now):
            try:
                channel = self._open()
                message_id = transport.send(mail, channel)
            except Exception as error:  # whatever a backend raises, the mail must not be lost
                self._failed(mail, error)
                return
            self._over_this_channel += 1
            if not self._unrecorded:
                self._unrecorded_since = self._clock()
            self._unrecorded[mail.pk] = message_id

    def _group_is_full(self) -> bool:
        age = self._clock() - self._unrecorded_since
        return len(self._unrecorded) >= GROUP or age >= GROUP_SECONDS

    def _record(self) -> None:
        """Record by one statement what the server has taken; nothing when there is nothing."""
        if not self._unrecorded:
            return
        ids = [models.When(pk=pk, then=models.Value(as_)) for pk, as_ in self._unrecorded.items()]
        ours = self._held().filter(pk__in=list(self._unrecorded))
        self.accepted += ours.move(Status.SENT, sent_at=self._clock(), message_id=models.Case(*ids))
        self._unrecorded = {}

    def _open(self) -> BaseEmailBackend:
        if self._channel is None:
            self._over_this_channel = 0
            self._channel = transport.open_channel(self._beat)
        return self._channel

    def _failed(self, mail: OutboxMail, error: Exception) -> None:
        """Queue the mail again after a growing, jittered delay, or end it when that's pointless."""
        channel, now = self._channel, self._clock()
        why = transport.reason(error, mail)
        log.warning("mail_failed", mail=str(mail.public_id), kind=mail.kind, error=why)
        if channel is None or transport.is_broken(error, channel):
            # One that has carried mail is opened anew; one that never did ends the round.
            self.broken = self._over_this_channel == 0
            self._hang_up()
        delay = min(_FIRST_DELAY * 2 ** min(mail.attempts - 1, 12), _MAX_DELAY)
        next_attempt_at = now + delay * random.uniform(0.75, 1.25)  # noqa: S311 (jitter)
        ours = self._held().filter(pk=mail.pk)
        if (channel and transport.is_permanent(error)) or next_attempt_at >= mail.expires_at:
            ours.move(Status.FAILED, last_error=why)
        else:
            ours.move(Status.QUEUED, next_attempt_at=next_attempt_at, last_error=why)

    def _held(self) -> OutboxMailQuerySet:
        return OutboxMail.objects.filter(lease=self._lease, status=Status.SENDING)

    def _still_holds(self, mail: OutboxMail, now: datetime) -> bool:
        """False when this process slept so long that another one took the mail over."""
        if now < self._sure_until:
            return True
        return bool(self._held().filter(pk=mail.pk).update(lease_until=now + LEASE_DURATION))

    def _beat(self) -> None:
        """Record what the server took before it fell silent; keep the rest another 150 seconds."""
        # Without a database neither can be; the server's answer still has to be awaited.
        with suppress(DatabaseError):
            self._record()
            self._held().update(lease_until=self._clock() + LEASE_DURATION)


def _end_overdue(now: datetime) -> None:
    OutboxMail.objects.overdue(now).move(Status.EXPIRED)
