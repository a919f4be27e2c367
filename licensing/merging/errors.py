"""Errors of a merge, each with a stable code and a message that says what to do next."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.errors import DomainError


class MergeAlreadyProposed(DomainError):
    code = "merge_waits"
    message = _("A proposal to merge these two waits already. Answer it, or take it back, first.")


class MergeEnded(DomainError):
    code = "merge_ended"
    message = _("This proposal was already answered or taken back.")


class MergeSuspended(DomainError):
    code = "merge_suspended"
    message = _(
        "Who proposed this doesn't administer the other account any more. Decline it, and propose "
        "it from here."
    )


class NoAdministratorToAsk(DomainError):
    code = "nobody_there"
    message = _("Nobody administers the other account who could agree. Support can help.")


class MergePlanChanged(DomainError):
    code = "plan_changed"
    message = _(
        "Something changed since you looked. Nothing was merged: look at what moves now, and "
        "confirm it again."
    )


class SpansBothAccounts(DomainError):
    """Something belongs to both sides now, and would be torn apart by undoing a merge."""

    code = "spans_both"


class UndoTooLate(DomainError):
    code = "undo_too_late"
    message = _("A merge can be undone for seven days. Ask support if the two have to part again.")
