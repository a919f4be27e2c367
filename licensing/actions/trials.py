"""Trials: thirty days for one instance, and how many there may be (SPEC 4.2, 6).

An installation makes its id by itself, so trials are counted by account, by person and by
installation over all accounts. What was started counts, whatever became of its instance.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit
from accounts.actions.authority import lock, only_staff
from accounts.errors import LimitReached
from accounts.events import Event
from accounts.models import BusinessAccount, User
from licensing.actions.licenses import primary_key
from licensing.days import in_words
from licensing.entitlement import TRIAL_DAYS, TRIAL_SEATS, TRIALS_A_YEAR, TRIALS_AT_ONCE
from licensing.errors import TrialUsed
from licensing.models import Instance, Key, License, Product, TrialAllowance
from licensing.models.license import LicenseQuerySet

_A_YEAR: Final = timedelta(days=365)


@dataclass(frozen=True)
class Allowance:
    """How many trials an account may have, and has."""

    at_once: int
    a_year: int
    running: int = 0
    this_year: int = 0


def start(*, instance: Instance, by: User | None, now: datetime) -> Key:
    """Thirty days for one instance, once; under the account's lock.

    Raises TrialUsed, LimitReached.
    """
    account = instance.account
    if by is not None:  # two accounts of one person count one after the other
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
    if account.licenses.trials_of(instance_id).exists():
        return TrialUsed()
    allowed = allowance(account, now=now)
    counted = [
        (account.licenses.trials(), _OF_ACCOUNT),
        (License.objects.trials_of(instance_id), _OF_INSTALLATION),
    ]
    if by is not None:
        counted.append((License.objects.trials().filter(started_by=by), _OF_PERSON))
    for trials, who in counted:
        if text := _beyond(trials, allowed, now):
            return LimitReached(f"{who % {'account': account}} {text} {_NEXT}")
    return None


def allowance(account: BusinessAccount, *, now: datetime) -> Allowance:
    """What an account may have, by the rule or by what staff allowed, and what it has."""
    trials = account.licenses.trials()
    more = TrialAllowance.objects.filter(account=account).first()
    return Allowance(
        at_once=more.at_once if more else TRIALS_AT_ONCE,
        a_year=more.a_year if more else TRIALS_A_YEAR,
        running=_running(trials, now).count(),
        this_year=_this_year(trials, now).count(),
    )


@transaction.atomic
def allow(
    *, account: BusinessAccount, at_once: int, a_year: int, reason: str, by: User, now: datetime
) -> None:
    """Let an account have more trials than usual, or as many as usual again.

    Raises NotAllowed, AccountMerged.
    """
    only_staff(by)
    account = lock(account)
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
    "Until then, use a key that you hold, or ask support for more trials."
)


def _running(trials: LicenseQuerySet, now: datetime) -> LicenseQuerySet:
    return trials.filter(ends_on__gte=now.date())


def _this_year(trials: LicenseQuerySet, now: datetime) -> LicenseQuerySet:
    return trials.filter(starts_on__gt=now.date() - _A_YEAR)


def _beyond(trials: LicenseQuerySet, allowed: Allowance, now: datetime) -> str:
    """Which limit these trials have reached, and when there is room again; empty: none."""
    running = _running(trials, now).order_by("ends_on")
    if running.count() >= allowed.at_once:
        ends_on = running.values_list("ends_on", flat=True)[0]
        return _("%(count)d trials run, which is the most at a time. The next ends on %(day)s.") % {
            "count": running.count(),
            "day": in_words(ends_on),
        }
    this_year = _this_year(trials, now).order_by("starts_on")
    if this_year.count() >= allowed.a_year:
        starts_on = this_year.values_list("starts_on", flat=True)[0]
        text = _(
            "%(count)d trials began in the last year, which is the most. The next may begin on "
            "%(day)s."
        )
        return text % {"count": this_year.count(), "day": in_words(starts_on + _A_YEAR)}
    return ""
