"""The security log: one line for each refusal, and for each act that matters for security.

Names are of OWASP's logging vocabulary where it has one. A package declares its own events here
and nobody else knows them; docs/security-log.md lists them all. What a person typed never gets in.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from dataclasses import dataclass
from typing import Final

import structlog
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ImproperlyConfigured, PermissionDenied, SuspiciousOperation
from django.http import HttpRequest, HttpResponse

from accounts.web.allauth_internals import ratelimit

log = structlog.get_logger("portal.security")
_MAX_REASON_LENGTH: Final = 200


@dataclass(frozen=True)
class SecurityEvent:
    """A kind of line. A refusal is a warning; the other acts are for information."""

    name: str
    meaning: str
    is_refusal: bool = False


EVENTS: Final[dict[str, SecurityEvent]] = {}
_OF_AUDIT: Final[dict[str, SecurityEvent]] = {}


def declare(name: str, meaning: str, *, is_refusal: bool = False) -> SecurityEvent:
    """A kind of line; each is declared once, in the package that writes it."""
    assert name not in EVENTS, name
    return EVENTS.setdefault(name, SecurityEvent(name, meaning, is_refusal))


LOGIN_SUCCESS = declare("authn_login_success", "Somebody signed in; `reason` says how.")
LOGIN_FAIL = declare(
    "authn_login_fail",
    "A password, second step or mailed code was wrong; `target` is the same for the same address.",
    is_refusal=True,
)
LOGOUT = declare("session_ended", "Somebody signed out.")
PASSWORD_CHANGE = declare("authn_password_change", "A password was set, changed or reset.")
USER_CREATED = declare("user_created", "Somebody signed up.")
USER_UPDATED = declare(
    "user_updated", "A second step, passkey or address came, changed, went or is being recovered."
)
TOKEN_FAIL = declare(
    "authn_token_fail",
    "A machine's token, code or secret, or a mailed link, was missing, wrong or over.",
    is_refusal=True,
)
AUTHZ_FAIL = declare(
    "authz_fail",
    "Somebody may not do this: role, tenancy, staff without two steps, form of another site.",
    is_refusal=True,
)
AUTHZ_CHANGE = declare("authz_change", "A role or an access was given, changed or taken.")
AUTHZ_ADMIN = declare("authz_admin", "Staff did something at the desk.")
RATE_LIMIT = declare(
    "excess_rate_limit_exceeded", "A limit was reached; `reason` names it.", is_refusal=True
)
INPUT_FAIL = declare(
    "input_validation_fail",
    "A form, an address, a head or a body was refused; `reason` has fields and codes.",
    is_refusal=True,
)
ACT_REFUSED = declare(
    "act_refused", "A rule refused an act; `reason` is its code.", is_refusal=True
)
DECRYPT_FAIL = declare("crypt_decrypt_fail", "A second step's seed fits no key.", is_refusal=True)

_LOGIN_CODES: Final = {"email_password_mismatch", "incorrect_code", "incorrect_password"}
_LIMIT_CODES: Final = {"too_many_login_attempts", "rate_limited"}
_OF_STATUS: Final = {
    400: (INPUT_FAIL, "malformed"),
    401: (TOKEN_FAIL, "credentials"),
    403: (AUTHZ_FAIL, "forbidden"),
    405: (INPUT_FAIL, "method"),
    411: (INPUT_FAIL, "length"),
    413: (INPUT_FAIL, "too_large"),
    415: (INPUT_FAIL, "content_type"),
    422: (INPUT_FAIL, "fields"),
    429: (RATE_LIMIT, "limit"),
}


def refused(
    request: HttpRequest, event: SecurityEvent, reason: str, *, target: str = "", account: str = ""
) -> None:
    """Log why this request is refused. The first who knows is the most exact: later ones are
    dropped, so that a refusal is one line."""
    if not getattr(request, "is_refusal_logged", False):
        request.is_refusal_logged = True  # type: ignore[attr-defined]
        _write(event, request, reason=reason, target=_pseudonym(target), account=account)


def done(
    request: HttpRequest | None,
    event: SecurityEvent,
    reason: str = "",
    *,
    actor: object = None,
    account: str = "",
) -> None:
    """Log an act; without a request it was the portal itself or a command."""
    _write(event, request, reason=reason, actor=actor, account=account)


def explain(request: HttpRequest, reason: str) -> None:
    """Say why, for a refusal that only its status will be known of."""
    request.refusal_reason = reason  # type: ignore[attr-defined]


def act_as(request: HttpRequest, actor: str, *, account: str = "") -> None:
    """Name a machine that has proven itself, as its lines shall."""
    request.security_actor = actor  # type: ignore[attr-defined]
    request.security_account = account  # type: ignore[attr-defined]


def is_expected(request: HttpRequest) -> None:
    """The answer looks like a refusal, and is none: a machine that waits asks again."""
    request.is_refusal_logged = True  # type: ignore[attr-defined]


def form_refused(request: HttpRequest, why: dict[str, list[str]]) -> None:
    """Log a form that goes back to its person, by its fields and the codes of their errors."""
    codes = {code for each in why.values() for code in each}
    event = INPUT_FAIL
    if codes & _LIMIT_CODES:
        event = RATE_LIMIT
    elif codes & _LOGIN_CODES:
        event = LOGIN_FAIL
    reason = ",".join(f"{field}:{code}" for field, each in why.items() for code in each)
    refused(request, event, reason)


def answered(request: HttpRequest, response: HttpResponse) -> None:
    """Log a refusal that nobody has logged, by its status. A 404 counts where somebody asks for
    another's: inside an account, or with a link's secret."""
    event, reason = _OF_STATUS.get(response.status_code, (None, ""))
    if response.status_code == 404:
        route = getattr(request.resolver_match, "route", "")
        if hasattr(
            request, "memberships"
        ):  # asked for a page of an account (accounts/access/__init__.py)
            is_member = hasattr(request, "membership")
            event, reason = AUTHZ_FAIL, "not_theirs" if is_member else "not_a_member"
        elif "<str:token>" in route:
            event, reason = TOKEN_FAIL, "link"
    if event is not None:
        refused(request, event, getattr(request, "refusal_reason", reason))


def follow(event: str, written_as: SecurityEvent) -> None:
    """Have an audit event leave a line here, too."""
    _OF_AUDIT[event] = written_as


def audited(request: HttpRequest | None, event: str, *, actor: object, account: str) -> None:
    """Log the audit event, if it is one of those that are followed."""
    if written_as := _OF_AUDIT.get(event):
        done(request, written_as, event, actor=actor, account=account)


def network_of(request: HttpRequest) -> str:
    """The /24 (IPv4) or /64 (IPv6) that the request comes from.

    Raises SuspiciousOperation when our proxies didn't say.
    """
    address = ipaddress.ip_address(ratelimit.get_ip(request))
    prefix = 24 if address.version == 4 else 64
    return str(ipaddress.ip_network(f"{address}/{prefix}", strict=False))


def _write(
    event: SecurityEvent,
    request: HttpRequest | None,
    *,
    reason: str,
    actor: object = None,
    account: str = "",
    target: str = "",
) -> None:
    facts = {
        "actor": str(actor or _actor_of(request) or "-"),
        "account": account or _account_of(request) or "-",
        "network": _known_network(request),
        "reason": reason[:_MAX_REASON_LENGTH] or "-",
        "method": getattr(request, "method", None) or "-",
        "route": getattr(getattr(request, "resolver_match", None), "route", "-"),
        "request_id": getattr(request, "id", "-"),
    }
    if target:
        facts["target"] = target
    (log.warning if event.is_refusal else log.info)(event.name, **facts)


def _actor_of(request: HttpRequest | None) -> object:
    """Who is signed in, if that is known already: a line asks the database nothing."""
    if named := getattr(request, "security_actor", ""):
        return named
    given = vars(request).get("user") if request else None
    user = given if type(given).__name__ != "SimpleLazyObject" else None
    user = user or getattr(request, "_cached_user", None)
    return user.pk if isinstance(user, AbstractBaseUser) else None


def _account_of(request: HttpRequest | None) -> str:
    if named := getattr(request, "security_account", ""):
        return str(named)
    if membership := getattr(request, "membership", None):
        return str(membership.account.slug)
    match = getattr(request, "resolver_match", None)
    return str(match.kwargs.get("slug", "")) if match else ""


def _known_network(request: HttpRequest | None) -> str:
    try:
        return network_of(request) if request else "-"
    except (ImproperlyConfigured, PermissionDenied, SuspiciousOperation, ValueError):
        return "unknown"


def _pseudonym(target: str) -> str:
    """The same for the same target, and nobody reads it back: it may be a mistyped password."""
    if not target:
        return ""
    return hmac.new(settings.SECRET_KEY.encode(), target.encode(), hashlib.sha256).hexdigest()[:12]
