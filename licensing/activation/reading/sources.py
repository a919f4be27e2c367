"""The keys that an instance can run under, and the account's other keys with the reason why not."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import cached_property
from typing import Final

from django.db.models import F, Q
from django.utils.translation import gettext as _

from accounts.directory.models import BusinessAccount, User
from accounts.errors import DomainError, LimitReached
from accounts.web.paging import Page, first_page
from licensing.activation.models import ActivationRequest
from licensing.activation.reading import texts
from licensing.licenses.actions import trials
from licensing.licenses.models import Activation, Instance, Key, License, Product
from licensing.licenses.models.key import KeyQuerySet
from licensing.licenses.rules import entitlement

UNFIT_SHOWN: Final = 5
CUT_FROM_SHOWN: Final = 50
REPLACEABLE_SHOWN: Final = 25


class Suitability(Enum):
    """Whether a key can be taken."""

    FITS = "fits"
    FULL = "full"  # it can, if it replaces an instance
    UNFIT = "unfit"


@dataclass(frozen=True)
class Offer:
    """A key as a row: its description, and whether it can be chosen or why not."""

    key: Key
    fit: Suitability
    text: str


@dataclass(frozen=True)
class Sources:
    """What the account offers to the instance of `asked`; each fact is read once, on demand."""

    account: BusinessAccount
    asked: ActivationRequest
    now: datetime
    words: str = ""
    after: uuid.UUID | None = None
    by: User | None = None

    @cached_property
    def live(self) -> Activation | None:
        """The installation's live activation, in any account."""
        live = Activation.objects.live().filter(installation=self.asked.instance_id)
        return live.with_all().first()

    @property
    def current(self) -> Activation | None:
        """Its live activation in this account."""
        live = self.live
        return live if live and live.instance.account_id == self.account.pk else None

    @property
    def elsewhere(self) -> Activation | None:
        """Its live activation in another account, which has to end first (SPEC 4.2)."""
        return None if self.current else self.live

    @cached_property
    def page(self) -> Page[Key]:
        """25 keys of usable licenses, newest first."""
        running = License.objects.usable(self.now.date()).filter(account=self.account)
        keys = self._matching().filter(license__in=running).exclude(pk__in=self._named_pks())
        if self.after:
            keys = keys.filter(pk__lt=self._keys().filter(public_id=self.after).values("pk")[:1])
        return first_page(keys.order_by("-pk"))

    @cached_property
    def offers(self) -> list[Offer]:
        """Keys as rows: those that fit first; on the last page also some of unusable licenses."""
        offers = [self._offer(key) for key in [*self._named, *self.page.rows]]
        if not self.page.has_more:
            running = License.objects.usable(self.now.date())
            ended = self._matching().exclude(license__in=running).exclude(pk__in=self._named_pks())
            offers += [self._offer(key) for key in ended.order_by("-pk")[:UNFIT_SHOWN]]
        # Keys of one license are listed together.
        place: dict[int, int] = {}
        for offer in offers:
            place.setdefault(offer.key.license_id, len(place))
        return sorted(
            offers,
            key=lambda offer: (list(Suitability).index(offer.fit), place[offer.key.license_id]),
        )

    @property
    def has_trial(self) -> bool:
        """True when this instance can still start its trial in this account."""
        return self._no_trial is None

    @property
    def too_many_trials(self) -> str:
        """Why it can't start one, when the reason is the number of trials rather than a used
        trial."""
        return str(self._no_trial) if isinstance(self._no_trial, LimitReached) else ""

    @cached_property
    def _no_trial(self) -> DomainError | None:
        return trials.why_not(self.account, self.asked.instance_id, by=self.by, now=self.now)

    def to_cut_from(self, words: str = "") -> Page[License]:
        """Licenses with seats left that cover the version, filtered by a part of the name, newest
        first.
        """
        running = self.account.licenses.usable_by_instances(self.now.date())
        found = running.exclude(kind=License.Kind.TRIAL).filter(
            seats__gt=F("seats_reserved") + F("seats_shared"), name__icontains=words
        )
        page = first_page(found.order_by("-pk"), CUT_FROM_SHOWN)
        return Page([each for each in page.rows if self._covers(each)], page.has_more)

    @cached_property
    def preferred(self) -> Key | None:
        """The key that the console named, else the present one, else the only one that fits."""
        fitting = [offer.key for offer in self.offers if offer.fit is Suitability.FITS]
        for key in self._named:
            if key in fitting:
                return key
        return fitting[0] if len(fitting) == 1 and not self.page.has_more else None

    @property
    def lost(self) -> Offer | None:
        """The present key, when it can't be chosen again."""
        key = self.current and self.current.key
        unfit = (each for each in self.offers if each.key == key and each.fit is Suitability.UNFIT)
        return next(unfit, None)

    @property
    def hint_is_unknown(self) -> bool:
        """True when the console named a key that isn't in this account."""
        hint = self.asked.key_hint
        return bool(hint) and all(key.code != hint for key in self._named)

    @cached_property
    def _named(self) -> list[Key]:
        """The key that the console named, then the present one; shown on top of the first page."""
        hint, current = self.asked.key_hint, self.current
        if self.after or self.words or not (hint or current):
            return []
        named = Q(code=hint) | Q(pk=current.key_id) if current else Q(code=hint)
        return sorted(self._keys().filter(named), key=lambda key: key.code != hint)

    def _named_pks(self) -> list[int]:
        return [key.pk for key in self._named]

    def _keys(self) -> KeyQuerySet:
        """The account's live keys for this product; a trial key only for its own instance."""
        keys = Key.objects.live().of_account(self.account)
        return keys.for_installation(self.asked.instance_id).filter(license__product=Product.RAS)

    def _matching(self) -> KeyQuerySet:
        return self._keys().matching(self.words) if self.words else self._keys()

    def _offer(self, key: Key) -> Offer:
        if why := self._why_not(key.license):
            return Offer(key, Suitability.UNFIT, texts.joined(texts.name(key), why))
        if not (key.has_room or holds_seat_under(self.current, key)):
            return Offer(key, Suitability.FULL, texts.joined(texts.name(key), texts.full()))
        until = texts.until(key.license, self.now.date())
        text = texts.joined(texts.name(key), texts.room(key), until, self._note(key))
        return Offer(key, Suitability.FITS, text)

    def _note(self, key: Key) -> str:
        if self.current and self.current.key_id == key.pk:
            return _("used by this instance now")
        return _("named by the console") if key.code == self.asked.key_hint else ""

    def _why_not(self, license: License) -> str:
        """Why a license can't be used for this version today; "" when it can."""
        state = entitlement.status(license, self.now.date())
        if not state.is_usable:
            return texts.not_running(license, state)
        return "" if self._covers(license) else texts.not_covered(license)

    def _covers(self, license: License) -> bool:
        return entitlement.covers(license, self.asked.version, self.now.date())


def holds_seat_under(current: Activation | None, key: Key) -> bool:
    """True when the live activation holds a seat that `key` would use, so that no other is
    needed."""
    if current is None or current.key_id == key.pk:
        return current is not None
    shares = key.reserved is None and current.key.reserved is None
    return shares and current.key.license_id == key.license_id


def silent_under(key: Key, now: datetime) -> list[Instance]:
    """Instances under a full key that haven't checked in for 14 days and could be replaced."""
    reporting = Activation.objects.live().reporting()
    running = reporting.filter(key=key)
    if key.reserved is None:  # the seats left belong to all keys without a reservation
        running = reporting.filter(key__license=key.license, key__reserved=None)
    silent = (
        Instance.objects.select_related("heartbeat")
        .silent(now)
        .filter(pk__in=running.values("instance"))
    )
    return list(silent.order_by("seen_around", "pk")[:REPLACEABLE_SHOWN])


def rows(sources: Sources) -> Iterator[tuple[str, str, str]]:
    """(value, title, explanation) of everything that can be chosen, and of what can't."""
    for offer in sources.offers:
        kind = "replace" if offer.fit is Suitability.FULL else "key"
        yield f"{kind}:{offer.key.public_id}", offer.key.license.name, offer.text
    licenses = sources.to_cut_from()
    if licenses.rows or licenses.has_more:
        yield "cut", _("Cut a new key"), _("Sets aside seats of a license for this instance.")
    if sources.has_trial:
        yield "trial", _("Start a trial"), texts.trial()
    yield "enter", _("Enter a key"), _("From your purchase email or invoice.")
