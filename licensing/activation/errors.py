"""Errors of an activation, each with a stable code and a message that says what to do next."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.errors import DomainError


class InstanceInOtherAccount(DomainError):
    code = "instance_in_other_account"
    message = _(
        "This instance is licensed under another business account. Deactivate it there "
        "first, or choose “Deactivate” in its console."
    )


class NotLicensed(DomainError):
    code = "not_licensed"
    message = _("This instance is no longer licensed.")


class RequestNotFound(DomainError):
    code = "code_not_recognized"
    message = _("Code not recognized. Codes are valid for 30 minutes. Check it, or start again.")


class TooManyWaiting(DomainError):
    code = "temporarily_unavailable"
    message = _("Too many activations are waiting for an answer right now. Try again later.")


class RequestAnswered(DomainError):
    code = "request_answered"
    message = _("This request was already answered or has expired. Start again at the console.")


class SplitNotConfirmed(DomainError):
    code = "split_not_confirmed"
    message = _(
        "Your company's other instances belong to another business account. Confirm that "
        "keys and instances should be split between two accounts, or choose the first "
        "account."
    )


class PollRefused(DomainError):
    """An error response to a poll; `code` is the one of RFC 8628 §3.5."""


class AuthorizationPending(PollRefused):
    code = "authorization_pending"
    message = _("Nobody has answered yet.")

    def __init__(self, *, interval: int, expires_in: int) -> None:
        """Both are current values in seconds: handing a request over extends it."""
        super().__init__()
        self.interval = interval
        self.expires_in = expires_in


class SlowDown(AuthorizationPending):
    code = "slow_down"
    message = _("Wait five seconds longer between two polls.")


class AccessDenied(PollRefused):
    code = "access_denied"
    message = _("The request was denied.")


class ExpiredToken(PollRefused):
    code = "expired_token"
    message = _("The code has expired. Start again.")


class InvalidGrant(PollRefused):
    code = "invalid_grant"
    message = _("This device code is unknown or was already used.")


class ApprovalWithdrawn(AccessDenied):
    """The approval is no longer valid; the console gets `access_denied`."""

    message = _("The approval was withdrawn before the console collected it. Activate again.")


class ApproverLostRight(DomainError):
    code = "approver_lost_right"
    message = _(
        "The person who approved it can no longer manage this account's licenses. Ask "
        "someone who can."
    )
