"""What an approval will do, in sentences. Nothing is written."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.directory.models import BusinessAccount
from licensing.activation.models import ActivationRequest
from licensing.activation.models.choice import ApprovalChoice
from licensing.activation.reading import texts
from licensing.activation.reading.sources import holds_seat_under
from licensing.licenses.models import Activation, Key, License
from licensing.licenses.reading import fitness
from licensing.licenses.rules import entitlement
from licensing.protocol.date_text import in_words

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class ApprovalPreview:
    """A person's choices and their consequences."""

    choice: ApprovalChoice
    asked: ActivationRequest
    current: Activation | None
    now: datetime

    @property
    def license(self) -> License | None:
        """The license it will run under; None for a trial that hasn't started yet."""
        return self.choice.key.license if self.choice.key else self.choice.cut_from

    @property
    def lacks_room(self) -> bool:
        """True when no seat is left under the key and no instance is replaced."""
        key = self.choice.key
        if key is None or self.choice.replacing is not None:
            return False
        return not (key.has_room or holds_seat_under(self.current, key))

    def refuse_unfit(self) -> None:
        """Raise early what an approval would raise for a key that doesn't fit."""
        if self.choice.key is not None:
            fitness.refuse_unfit(self.choice.key, version=self.asked.version, now=self.now)

    def lines(self) -> Iterator[str]:
        """The sentences that follow “This will”."""
        yield _sentence(self._use(), self._until())
        yield from self._users()
        if replaced := self.choice.replacing:
            text = _("End the license of %(instance)s, last seen on %(day)s.")
            yield text % {"instance": replaced, "day": in_words(replaced.heartbeat.last_seen_at)}
        if self.current and self.current.key != self.choice.key:
            text = _("Give back the seat under %(license)s (key …%(last_five)s).")
            key = self.current.key
            yield text % {"license": key.license, "last_five": key.last_five}

    def _users(self) -> Iterator[str]:
        """How many concurrent users the choice allows; instances under one key share its seats."""
        key, choice = self.choice.key, self.choice
        if key is None or choice.replacing or holds_seat_under(self.current, key):
            return
        text = (
            ngettext(
                "Allow %(seats)d concurrent user on all instances that use this key.",
                "Allow up to %(seats)d concurrent users on all instances that use this key.",
                key.seats,
            )
            if key.instances_live
            else ngettext(
                "Allow %(seats)d concurrent user.",
                "Allow up to %(seats)d concurrent users.",
                key.seats,
            )
        )
        yield text % {"seats": key.seats}

    def _use(self) -> str:
        if self.choice.key is not None:
            return self._use_of_key(self.choice.key)
        if self.choice.cut_from is not None:
            return ngettext(
                "Cut a new key with %(seats)d of the %(left)d seats left of %(license)s",
                "Cut a new key with %(seats)d of the %(left)d seats left of %(license)s",
                self.choice.seats,
            ) % {
                "seats": self.choice.seats,
                "left": self.choice.cut_from.seats_left,
                "license": self.choice.cut_from,
            }
        return _("Start the trial of %(instance)s with up to %(seats)d concurrent users") % {
            "instance": self.asked.instance_name,
            "seats": entitlement.TRIAL_SEATS,
        }

    def _use_of_key(self, key: Key) -> str:
        left, of = texts.seats_left(key)
        names = {"license": key.license, "last_five": key.last_five, "of": of, "left": left}
        if holds_seat_under(self.current, key):
            return _("Keep its seat under %(license)s (key …%(last_five)s)") % names
        if self.choice.replacing is not None:
            return _("Take over a seat of %(license)s (key …%(last_five)s)") % names
        if key.reserved is not None:
            text = _("Use 1 of %(left)d seats left of key …%(last_five)s (%(license)s)")
        else:
            text = _("Use 1 of %(left)d seats left of %(license)s (key …%(last_five)s)")
        return text % names

    def _until(self) -> str:
        if self.license is not None:
            return texts.until(self.license, self.now.date())
        end = self.now.date() + timedelta(days=entitlement.TRIAL_DAYS)
        return _("until %(day)s") % {"day": in_words(end)}


def of(
    account: BusinessAccount, asked: ActivationRequest, given: Mapping[str, Any], now: datetime
) -> ApprovalPreview:
    """The preview for a valid form; 404 for anything that belongs to another account."""
    live = Activation.objects.live().filter(
        installation=asked.instance_id, instance__account=account
    )
    choice = ApprovalChoice(
        key=_chosen(Key.objects.of_account(account), given["key"]),
        cut_from=_chosen(account.licenses.all(), given["cut"]),
        seats=given["seats"] or 0,
        replacing=_chosen(account.instances.all(), given["replace"]),
    )
    return ApprovalPreview(choice, asked, live.select_related("key__license").first(), now)


def _chosen(rows: QuerySet[Row], public_id: uuid.UUID | None) -> Row | None:
    return get_object_or_404(rows, public_id=public_id) if public_id else None


def _sentence(what: str, until: str) -> str:
    return f"{what}, {until}." if until else f"{what}."
