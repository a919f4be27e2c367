"""Errors of the API, each with a stable code and a message that says what to do next."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.errors import DomainError


class KeyOfAnotherRequest(DomainError):
    code = "idempotency_key_reused"
    message = _("This Idempotency-Key was used for another request in the last 24 hours.")
