"""Trials: thirty days for one instance, and their limits (SPEC 4.2, 6).

An installation generates its own id, so trials are counted by account, by person and by
installation over all accounts. A started trial counts, whatever happens to its instance.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit
from accounts.directory.models import BusinessAccount, User
from accounts.errors import LimitReached
from accounts.membership.actions.authority import lock, only_staff
from licensing.events import Event
from licensing.licenses.actions.licenses import primary_key
from licensing.licenses.errors import TrialUsed
from licensing.licenses.models import Instance, Key, License, Product, TrialAllowance
from licensing.licenses.models.license import LicenseQuerySet
from licensing.licenses.rules.entitlement import (
    TRIAL_DAYS,
    TRIAL_SEATS,
    TRIALS_A_YEAR,
    TRIALS_AT_ONCE,
)
from licensing.protocol.date_text import in_words

_A_YEAR: Final = timedelta(days=365)


@dataclass(frozen=True)
class Allowance:
    """How many trials an account may have, and how many it has."""

    at_once: int
    a_year: int
    running: int = 0
    this_year: int = 0


class _Term(NamedTuple):
    """A trial's period and account."""

    account: int
    starts_on: date
    ends_on: date


def start(*, instance: Instance, by: User | None, now: datetime) -> Key:
    """Start the one trial of an instance. The caller must hold the account's lock.

    Raises TrialUsed, LimitReached.
    """
    account = instance.account
    # So that starts in two accounts of one person are counted one after the other.
    if by is not None:
        User.objects.select_for_update(no_key=True).get(pk=by.pk)
    if refusal := why_not(account, instance.instance_id, by=by, now=now):
        raise refusal
    license = License.objects.create(
        account=account,
        product=Product.RAS,
        kind=License.Kind.TRIAL,
        name=_("Trial of %(instance)s") % {"instance": instance.name},
        seats=TRIAL_SEATS,
        starts_on=now.date(),
        ends_on=now.date() + timedelta(days=TRIAL_DAYS),
        trial_of=instance,
        started_by=by,
        created_at=now,
    )
    audit.record(Event.LICENSE_TRIAL_STARTED, account=account, actor=by, now=now, subject=instance)
    return primary_key(license, "", now)


def why_not(
    account: BusinessAccount, instance_id: uuid.UUID, *, by: User | None, now: datetime
) -> TrialUsed | LimitReached | None:
    """Why an installation can't start a trial in an account now; None when it can."""
    of_installation = _terms(License.objects.trials_of(instance_id))
    if any(each.account == account.pk for each in of_installation):
        return TrialUsed()
    at_once, a_year = _allowed(account)
    lately = License.objects.trials().filter(starts_on__gt=now.date() - _A_YEAR)
    counted = [
        (of_installation, _OF_INSTALLATION),
        (_terms(lately.filter(account=account)), _OF_ACCOUNT),
        (_terms(lately.filter(started_by=by)) if by else [], _OF_PERSON),
    ]
    for terms, who in counted:
        if text := _beyond(terms, at_once, a_year, now):
            return LimitReached(f"{who % {'account': account}} {text} {_NEXT}")
    return None


def allowance(account: BusinessAccount, *, now: datetime) -> Allowance:
    """The account's limits, by the rule or as staff allowed, and its present numbers."""
    at_once, a_year = _allowed(account)
    terms = _terms(account.licenses.trials())
    running, this_year = _running(terms, now), _this_year(terms, now)
    return Allowance(at_once, a_year, running=len(running), this_year=len(this_year))


@transaction.atomic
def allow(
    *, account: BusinessAccount, at_once: int, a_year: int, reason: str, by: User, now: datetime
) -> None:
    """Let an account have more trials than usual, or as many as usual again.

    Repeating it changes nothing. Raises NotAllowed, AccountMerged.
    """
    only_staff(by)
    account = lock(account)
    same = {"at_once": at_once, "a_year": a_year, "reason": reason}
    if TrialAllowance.objects.filter(account=account, **same).exists():
        return
    TrialAllowance.objects.update_or_create(
        account=account,
        defaults={
            "at_once": at_once,
            "a_year": a_year,
            "reason": reason,
            "allowed_by": by,
            "allowed_at": now,
        },
    )
    audit.record(
        Event.TRIALS_ALLOWED,
        account=account,
        actor=by,
        now=now,
        at_once=at_once,
        a_year=a_year,
        reason=reason,
    )


_OF_ACCOUNT: Final = gettext_lazy("%(account)s can't start another trial now:")
_OF_INSTALLATION: Final = gettext_lazy("This instance can't start another trial now:")
_OF_PERSON: Final = gettext_lazy("You can't start another trial now, in any business account:")
_NEXT: Final[str | Promise] = gettext_lazy(
    "Until then, use a key you have, or ask support for more trials."
)


def _allowed(account: BusinessAccount) -> tuple[int, int]:
    """How many at a time, and how many a year."""
    more = TrialAllowance.objects.filter(account=account).first()
    return (more.at_once, more.a_year) if more else (TRIALS_AT_ONCE, TRIALS_A_YEAR)


def _terms(trials: LicenseQuerySet) -> list[_Term]:
    rows = trials.values_list("account", "starts_on", "ends_on")
    return [_Term(account, begins, ends) for account, begins, ends in rows if ends]


def _running(terms: list[_Term], now: datetime) -> list[_Term]:
    return [each for each in terms if each.ends_on >= now.date()]


def _this_year(terms: list[_Term], now: datetime) -> list[_Term]:
    return [each for each in terms if each.starts_on > now.date() - _A_YEAR]


def _beyond(terms: list[_Term], at_once: int, a_year: int, now: datetime) -> str:
    """The limit that these trials have reached and when it eases; "" when none is reached."""
    running, this_year = _running(terms, now), _this_year(terms, now)
    if len(running) >= at_once:
        text = _(
            "%(count)d trials are running, the most allowed at a time. The next ends on %(day)s."
        )
        day = min(each.ends_on for each in running)
        return text % {"count": len(running), "day": in_words(day)}
    if len(this_year) >= a_year:
        text = _(
            "%(count)d trials began in the last year, the most allowed. The next can begin "
            "on %(day)s."
        )
        day = min(each.starts_on for each in this_year) + _A_YEAR
        return text % {"count": len(this_year), "day": in_words(day)}
    return ""
