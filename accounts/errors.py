"""What this package refuses, each with a stable code and a text fit to show."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """A refusal by a rule of the house: nothing was changed."""

    code = "refused"
    message: str | Promise = _("That isn't possible.")

    def __init__(self, message: str | Promise | None = None) -> None:
        if message is not None:
            self.message = message
        super().__init__(str(self.message))

    def __str__(self) -> str:
        return str(self.message)


class AccountMerged(DomainError):
    code = "account_merged"
    message = _(
        "This business account was merged into another one. Reload the page to continue there."
    )


class LastAdministrator(DomainError):
    code = "last_administrator"
    message = _(
        "This is the last active administrator. Make someone else an administrator first, "
        "then try again."
    )


class SeedUnreadable(DomainError):
    """None of the keys that we have fits; an operator has to put the right one back."""

    code = "seed_unreadable"
    message = _("We can't check your second step right now. Write to support.")


class NotAllowed(DomainError):
    code = "not_allowed"
    message = _("Your role doesn't allow that. Ask an administrator of the account.")


class AddressTaken(DomainError):
    code = "address_taken"
    message = _("Account already exists")


class AlreadyMember(DomainError):
    code = "already_member"
    message = _("This person already belongs to the account.")


class BlockedMember(DomainError):
    code = "blocked_member"
    message = _("This person is blocked. Unblock them instead of inviting them.")


class InvitationEnded(DomainError):
    code = "invitation_ended"
    message = _("This invitation is no longer open.")


class InvitationSuspended(DomainError):
    code = "invitation_suspended"
    message = _(
        "The person who invited you can no longer grant this role. Ask another administrator "
        "to send the invitation again."
    )


class InvitationRefused(DomainError):
    code = "invitation_refused"


class WrongAddress(DomainError):
    code = "wrong_address"
    message = _("This invitation is for another email address.")


class ClaimEnded(DomainError):
    code = "claim_ended"
    message = _("This claim is already closed.")


class ClaimAlreadyOpen(DomainError):
    code = "claim_waits"
    message = _("A claim is already open. Its objection period has to end first.")


class RecoveryEnded(DomainError):
    code = "recovery_ended"
    message = _("This recovery has already ended.")


class RecoveryRefused(DomainError):
    code = "recovery_refused"


class MailNotWaiting(DomainError):
    code = "mail_ended"
    message = _("This email is no longer waiting.")


class LimitReached(DomainError):
    code = "limit_reached"
    message = _("Too many for now. Try again later.")


class RequestEnded(DomainError):
    code = "request_ended"
    message = _("This request was already answered.")
