"""What this package refuses, each with a stable code and a text that says how to go on."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from accounts.errors import DomainError
from licensing.purchase_csv import Problem


class VersionNotCovered(DomainError):
    code = "version_not_covered"
    message = _("This license doesn't cover that version. Choose another key or a trial.")


class NoSeatsLeft(DomainError):
    code = "seats_exhausted"
    message = _(
        "All seats are in use. Replace an instance that hasn't reported for a while, "
        "choose another key, or start a trial."
    )


class KeyNotHere(DomainError):
    code = "key_not_in_account"
    message = _(
        "This business account has no such key. Check the characters, or choose another account."
    )


class KeyTaken(DomainError):
    code = "key_in_other_account"
    message = _(
        "This key belongs to another business account. Go on in the account that holds it. "
        "If that's your company's, too, an administrator can merge the two."
    )


class KeyRevoked(DomainError):
    code = "key_revoked"
    message = _("This key was revoked. Choose another one.")


class KeyInUse(DomainError):
    code = "key_in_use"
    message = _("Instances run under this key. Move or deactivate them first.")


class NotEnoughSeats(DomainError):
    code = "not_enough_seats"
    message = _("The license doesn't have that many seats left to reserve.")


class LicenseNotUsable(DomainError):
    code = "license_not_usable"
    message = _("This license doesn't run now. Choose another key or a trial.")


class TrialUsed(DomainError):
    code = "trial_used"
    message = _("This instance already had its trial. Choose a key, or ask sales for more time.")


class InOtherAccount(DomainError):
    code = "instance_in_other_account"
    message = _(
        "This instance is licensed under another business account. Deactivate it there first; "
        "on the instance itself, that is “Deactivate” in the console."
    )


class RequestNotFound(DomainError):
    code = "code_not_recognized"
    message = _("Code not recognized. Codes live for 30 minutes: check it, or start again.")


class RequestAnswered(DomainError):
    code = "request_answered"
    message = _("This request was already answered or has expired. Start again at the console.")


class NotLicensed(DomainError):
    code = "not_licensed"
    message = _("This instance isn't licensed any more.")


class SplitNotConfirmed(DomainError):
    code = "split_not_confirmed"
    message = _(
        "Your company's other instances belong to another business account. Confirm that keys "
        "and instances should be split over two accounts, or choose the first account."
    )


class RequestFileInvalid(DomainError):
    code = "request_file_invalid"
    message = _("That isn't a request file of the console. Save it there again, and upload it.")


class PollRefused(DomainError):
    """An answer to a console that polls; `code` is the error of RFC 8628 §3.5."""


class AuthorizationPending(PollRefused):
    code = "authorization_pending"
    message = _("Nobody has answered yet.")

    def __init__(self, *, interval: int, expires_in: int) -> None:
        """Both in seconds, as they are now: a hand-over prolongs a request."""
        super().__init__()
        self.interval = interval
        self.expires_in = expires_in


class SlowDown(AuthorizationPending):
    code = "slow_down"
    message = _("Wait five seconds longer between two polls.")


class AccessDenied(PollRefused):
    code = "access_denied"
    message = _("The request was denied.")


class ApprovalWithdrawn(AccessDenied):
    """An approval that isn't good any more; the console reads `access_denied`."""

    message = _("The approval was withdrawn before the console collected it. Activate again.")


class ApproverLostRight(DomainError):
    code = "approver_lost_right"
    message = _(
        "The person who approved it may not manage this account's licenses any more. Ask somebody "
        "who may."
    )


class ExpiredToken(PollRefused):
    code = "expired_token"
    message = _("The code has expired. Start again.")


class InvalidGrant(PollRefused):
    code = "invalid_grant"
    message = _("This device code is unknown or was used already.")


class EnrollmentEnded(DomainError):
    code = "enrollment_ended"
    message = _(
        "This enrollment token is used up, expired or revoked. Make a new one in the portal."
    )


class TokenMade(DomainError):
    code = "token_made"
    message = _(
        "That token was made already, and is shown only once. If you haven't copied it, revoke it "
        "and make another one."
    )


class PurchasesRefused(DomainError):
    """Purchases that can't be taken; `problems` say which lines, and why."""

    code = "purchases_refused"

    def __init__(self, problems: Sequence[Problem], *, code: str = code) -> None:
        self.problems, self.code = problems, code
        super().__init__("; ".join(map(str, problems[:3])))


class ImportNotReady(DomainError):
    code = "import_not_ready"
    message = _("This import is under way or has ended. Look at the page for what came of it.")


class KeyOfAnotherRequest(DomainError):
    code = "idempotency_key_reused"
    message = _("This Idempotency-Key was used for another request in the last 24 hours.")


class MergeWaits(DomainError):
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


class NobodyThere(DomainError):
    code = "nobody_there"
    message = _("Nobody administers the other account who could agree. Support can help.")


class PlanChanged(DomainError):
    code = "plan_changed"
    message = _(
        "Something changed since you looked. Nothing was merged: look at what moves now, and "
        "confirm it again."
    )


class PurchasesComing(DomainError):
    code = "purchases_coming"
    message = _("Purchases are being recorded at this moment. Try again in a minute.")


class SpansBoth(DomainError):
    """Something belongs to both sides now, and would be torn apart by undoing a merge."""

    code = "spans_both"


class UndoTooLate(DomainError):
    code = "undo_too_late"
    message = _("A merge can be undone for seven days. Ask support if the two have to part again.")
