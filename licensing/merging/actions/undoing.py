"""Undoing a merge of two business accounts, while its seven days run."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.directory.models import BusinessAccount, User
from accounts.errors import NotAllowed
from licensing.events import Event
from licensing.licenses.models import Activation
from licensing.merging import emails
from licensing.merging.actions import both_accounts, moving
from licensing.merging.errors import MergeEnded, SpansBothAccounts, UndoTooLate
from licensing.merging.models import Merge
from licensing.merging.reading.merge_plan import MergePlan


@transaction.atomic
def undo(*, merge: Merge, by: User, now: datetime) -> None:
    """Move everything back; a merge that is already undone stays as it is.

    Administrators of the account that stayed may, and those whom the other one had: nobody takes
    an account over by a merge and keeps them out. Raises NotAllowed, MergeEnded, UndoTooLate,
    SpansBothAccounts, ImportRunning; then nothing has changed.
    """
    source, target = both_accounts.locked(merge.source, merge.target)
    current = Merge.objects.select_related("source", "target").get(pk=merge.pk)
    if not may_undo(current, by):
        raise NotAllowed
    if current.undone_at:
        return
    if current.merged_at is None:
        raise MergeEnded
    if not current.is_undoable(now):
        raise UndoTooLate
    if target.merged_into_id is not None:
        raise SpansBothAccounts(
            _("%(account)s has since been merged into another account. Undo that first.")
            % {"account": target}
        )
    source.merged_into = None
    source.save(update_fields=["merged_into"])
    plan = MergePlan.from_json(current.manifest)
    moving.move_back(plan, source=source, target=target, merged_at=current.merged_at)
    _refuse_what_spans(source, target)
    _refuse_without_administrator(source, target)
    current.undone_at, current.undone_by = now, by
    current.save(update_fields=["undone_at", "undone_by"])
    both_accounts.note(Event.MERGE_UNDONE, current, by=by, now=now)
    told = both_accounts.addresses(source, target)
    emails.merge_undone(current, to=told, by=by, now=now)


def may_undo(merge: Merge, user: User) -> bool:
    """True for administrators of the target, and for those that the source had."""
    if user.pk in merge.manifest.get("administrators", []):
        return True
    return both_accounts.administers(user, merge.target)


def _refuse_what_spans(source: BusinessAccount, target: BusinessAccount) -> None:
    """Refuse when an instance of one account runs under a key of the other."""
    live = Activation.objects.live().select_related("instance", "key__license")
    ours = live.filter(instance__account=source).exclude(key__license__account=source)
    theirs = live.filter(key__license__account=source).exclude(instance__account=source)
    for found, home, other in ((ours, source, target), (theirs, target, source)):
        if activation := found.first():
            raise SpansBothAccounts(
                _(
                    "%(instance)s, of %(home)s, uses the key %(key)s of %(other)s. Move it "
                    "to another key or deactivate it, then undo the merge."
                )
                % {
                    "instance": activation.instance,
                    "home": home,
                    "key": activation.key,
                    "other": other,
                }
            )


def _refuse_without_administrator(*accounts: BusinessAccount) -> None:
    for account in accounts:
        if not both_accounts.administrators(account).exists():
            raise SpansBothAccounts(
                _(
                    "%(account)s would have no administrator. Make someone who stays with it "
                    "an administrator, then undo the merge."
                )
                % {"account": account}
            )
