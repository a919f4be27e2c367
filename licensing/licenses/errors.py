"""Errors of licenses and keys, each with a stable code and a message that says what to do next."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.errors import DomainError


class VersionNotCovered(DomainError):
    code = "version_not_covered"
    message = _("This license doesn't cover that version. Choose another key or a trial.")


class NoSeatsLeft(DomainError):
    code = "seats_exhausted"
    message = _(
        "All seats are in use. Replace an instance that hasn't reported for a while, "
        "choose another key, or start a trial."
    )


class KeyNotInAccount(DomainError):
    code = "key_not_in_account"
    message = _(
        "This business account has no such key. Check the characters, or choose another account."
    )


class KeyTaken(DomainError):
    code = "key_in_other_account"
    message = _(
        "This key belongs to another business account. Continue in that account. If it's "
        "also your company's, an administrator can merge the two."
    )


class KeyRevoked(DomainError):
    code = "key_revoked"
    message = _("This key was revoked. Choose another one.")


class KeyInUse(DomainError):
    code = "key_in_use"
    message = _("Instances use this key. Move or deactivate them first.")


class NotEnoughSeats(DomainError):
    code = "not_enough_seats"
    message = _("The license doesn't have that many free seats to reserve.")


class LicenseNotUsable(DomainError):
    code = "license_not_usable"
    message = _("This license isn't active now. Choose another key or a trial.")


class TrialUsed(DomainError):
    code = "trial_used"
    message = _(
        "This instance has already had its trial. Choose a key, or ask sales for more time."
    )
