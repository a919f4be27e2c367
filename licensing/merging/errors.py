"""Errors of a merge, each with a stable code and a message that says what to do next."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.errors import DomainError


class MergeAlreadyProposed(DomainError):
    code = "merge_waits"
    message = _("There's already a proposal to merge these two. Answer or withdraw it first.")


class MergeEnded(DomainError):
    code = "merge_ended"
    message = _("This proposal was already answered or withdrawn.")


class MergeSuspended(DomainError):
    code = "merge_suspended"
    message = _(
        "The person who proposed this no longer administers the other account. Decline it "
        "and propose it from here."
    )


class NoAdministratorToAsk(DomainError):
    code = "nobody_there"
    message = _("The other account has no administrator who could agree. Support can help.")


class MergePlanChanged(DomainError):
    code = "plan_changed"
    message = _(
        "Something has changed since you looked, so nothing was merged. Check what moves now "
        "and confirm again."
    )


class SpansBothAccounts(DomainError):
    """Something belongs to both sides now, and would be torn apart by undoing a merge."""

    code = "spans_both"


class UndoTooLate(DomainError):
    code = "undo_too_late"
    message = _(
        "A merge can be undone for seven days. Ask support if the two have to be separated."
    )
