"""One company, two accounts: merging them, by administrators of both.

For seven days it can be undone: licensing/merging/actions/undoing.py.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.directory.models import BusinessAccount, User
from accounts.errors import AccountMerged, ClaimAlreadyOpen, LimitReached
from accounts.membership.actions.authority import acting, lock_both
from accounts.permissions import Permission
from licensing.events import Event
from licensing.merging import emails
from licensing.merging.actions import both_accounts, moving
from licensing.merging.errors import (
    MergeAlreadyProposed,
    MergeEnded,
    MergePlanChanged,
    MergeSuspended,
    NoAdministratorToAsk,
)
from licensing.merging.models import Merge
from licensing.merging.reading import merge_plan
from licensing.merging.reading.lookalikes import Lookalike

REPROPOSE_AFTER: Final = timedelta(days=30)


@transaction.atomic
def propose(*, twin: Lookalike, keep_ours: bool, by: User, now: datetime, seen: str = "") -> Merge:
    """Ask the administrators of the other account to merge; a person who administers both merges at
    once.

    `keep_ours`: the account in which it is proposed stays. `seen` is the digest of the plan that
    `by` looked at, needed when it is done at once. The same again is the same proposal, or the
    merge that it came to. Raises NotAllowed, AccountMerged, MergeAlreadyProposed,
    NoAdministratorToAsk, LimitReached, and what `agree` raises.
    """
    try:
        ours, theirs = both_accounts.locked_and_unmerged(twin.ours, twin.account)
    except AccountMerged:
        pair = (twin.account, twin.ours) if keep_ours else (twin.ours, twin.account)
        return both_accounts.merge_already_done(*pair, by=by)
    acting(ours, by, Permission.ACCOUNT_MANAGE)
    merge = _wanted(ours, theirs, keep_ours, by, now)
    if both_accounts.administers(by, theirs):
        return _carry_out(merge, by, now, seen)
    if merge.pk is None:
        _refuse_to_ask(ours, theirs, now)
        merge.save()
        both_accounts.note(Event.MERGE_PROPOSED, merge, by=by, now=now, name=twin.name)
        emails.merge_proposed(merge, to=both_accounts.addresses(theirs), now=now)
    return merge


@transaction.atomic
def agree(*, merge: Merge, by: User, now: datetime, seen: str) -> Merge:
    """Merge the two, as an administrator of the account that was asked.

    `seen` is the digest of the plan that `by` looked at. When it's done already, it stays as it is.
    Raises NotAllowed, AccountMerged, MergeEnded, MergeSuspended, MergePlanChanged,
    ClaimAlreadyOpen, ImportRunning.
    """
    try:
        both_accounts.locked_and_unmerged(merge.source, merge.target)
    except AccountMerged:
        return both_accounts.merge_already_done(merge.source, merge.target, by=by)
    current = _open(merge)
    acting(current.asked, by, Permission.ACCOUNT_MANAGE)
    if not both_accounts.administers(current.proposed_by, current.asking):
        raise MergeSuspended
    return _carry_out(current, by, now, seen)


@transaction.atomic
def decline(*, merge: Merge, by: User, now: datetime) -> None:
    """Say no, as an administrator of the account that was asked. Raises NotAllowed, MergeEnded."""
    lock_both(merge.source, merge.target)
    current = _open(merge)
    acting(current.asked, by, Permission.ACCOUNT_MANAGE)
    current.declined_at, current.answered_by = now, by
    current.save(update_fields=["declined_at", "answered_by"])
    both_accounts.note(Event.MERGE_DECLINED, current, by=by, now=now)


@transaction.atomic
def withdraw(*, merge: Merge, name: str, by: User, now: datetime) -> None:
    """Take a proposal back, as an administrator of the account that asked; `name` is what the
    other one is called there. Raises NotAllowed, MergeEnded."""
    lock_both(merge.source, merge.target)
    current = _open(merge)
    acting(current.asking, by, Permission.ACCOUNT_MANAGE)
    current.withdrawn_at, current.answered_by = now, by
    current.save(update_fields=["withdrawn_at", "answered_by"])
    both_accounts.note(Event.MERGE_WITHDRAWN, current, by=by, now=now, name=name)


@transaction.atomic
def dismiss(*, twin: Lookalike, by: User, now: datetime) -> None:
    """Record that the two belong to different companies; the suggestion isn't shown again.

    Raises NotAllowed, MergeAlreadyProposed.
    """
    ours, theirs = lock_both(twin.ours, twin.account)
    acting(ours, by, Permission.ACCOUNT_MANAGE)
    known = Merge.objects.between(ours, theirs)
    if known.open().exists():
        raise MergeAlreadyProposed
    if known.exists():
        return
    Merge.objects.create(
        source=ours,
        target=theirs,
        asked_by_source=True,
        proposed_by=by,
        proposed_at=now,
        withdrawn_at=now,
        answered_by=by,
    )
    audit.record(Event.MERGE_DISMISSED, account=ours, actor=by, now=now, subject=twin.name)


def _wanted(
    ours: BusinessAccount, theirs: BusinessAccount, keep_ours: bool, by: User, now: datetime
) -> Merge:
    """The open proposal of this side for just that, else a new one, not saved yet."""
    source, target = (theirs, ours) if keep_ours else (ours, theirs)
    waiting = Merge.objects.between(ours, theirs).open().select_related("source", "target").first()
    if waiting is None:
        return Merge(
            source=source,
            target=target,
            asked_by_source=not keep_ours,
            proposed_by=by,
            proposed_at=now,
        )
    if (waiting.source, waiting.asking) != (source, ours):
        raise MergeAlreadyProposed
    return waiting


def _refuse_to_ask(ours: BusinessAccount, theirs: BusinessAccount, now: datetime) -> None:
    if not both_accounts.administrators(theirs).exists():
        raise NoAdministratorToAsk
    declined = Merge.objects.between(ours, theirs).filter(declined_at__gt=now - REPROPOSE_AFTER)
    if any(each.asked == theirs for each in declined.select_related("source", "target")):
        raise LimitReached(_("They declined in the last 30 days. Talk to them first."))


def _carry_out(merge: Merge, by: User, now: datetime, seen: str) -> Merge:
    source, target = merge.source, merge.target
    if source.claims.open().exists():
        raise ClaimAlreadyOpen(
            _("Someone has claimed to administer %(account)s. That has to be settled first.")
            % {"account": source}
        )
    plan = merge_plan.mergeable_plan(source, target)
    if plan.digest != seen:
        raise MergePlanChanged
    told = both_accounts.addresses(source, target)
    merge.manifest = moving.to_json(plan, both_accounts.administrators(source))
    merge.merged_at, merge.answered_by = now, by
    merge.save()
    moving.move(plan, source=source, target=target, now=now)
    source.merged_into = target
    source.save(update_fields=["merged_into"])
    audit.record(Event.MERGED_HERE, account=target, actor=by, now=now, subject=source)
    audit.record(Event.MERGED_AWAY, account=source, actor=by, now=now, subject=target)
    emails.merge_done(merge, to=told, by=by, now=now)
    return merge


def _open(merge: Merge) -> Merge:
    people = Merge.objects.select_related("source", "target", "proposed_by")
    current = people.open().filter(pk=merge.pk).first()
    if current is None:
        raise MergeEnded
    return current
