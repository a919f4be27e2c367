"""What the security log says of keys, tokens and consoles (accounts/web/security_log.py)."""

from __future__ import annotations

from accounts.web.security_log import AUTHZ_ADMIN, declare, follow
from licensing.events import Event

CODE_GUESSED = declare(
    "activation_code_fail",
    "Somebody entered a console's code that isn't waiting, or isn't theirs.",
    is_refusal=True,
)
KEY_READ = declare("sensitive_read", "A license key was shown whole.")
TOKEN_CREATED = declare("authn_token_created", "An instance or a machine was given a token.")
TOKEN_REVOKED = declare("authn_token_revoked", "A key or a token was revoked.")

follow(Event.KEY_REVEALED, KEY_READ)
follow(Event.ENROLLMENT_MADE, TOKEN_CREATED)
follow(Event.INSTANCE_ACTIVATED, TOKEN_CREATED)
follow(Event.ENROLLMENT_REVOKED, TOKEN_REVOKED)
follow(Event.KEY_REVOKED, TOKEN_REVOKED)
follow(Event.PURCHASE_EMAIL_CORRECTED, AUTHZ_ADMIN)
