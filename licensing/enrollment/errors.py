"""Errors of enrollment tokens, each with a stable code and a message that says what to do next."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.errors import DomainError


class EnrollmentEnded(DomainError):
    code = "enrollment_ended"
    message = _(
        "This enrollment token is used up, expired or revoked. Create a new one in the portal."
    )


class TokenAlreadyMade(DomainError):
    code = "token_made"
    message = _(
        "That token was already created and is shown only once. If you didn't copy it, "
        "revoke it and create another."
    )
