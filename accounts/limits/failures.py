"""How often a person has failed in one journey: after the third time, help is offered (SPEC A24).

Signed out there is one journey, to get in, over all its pages. Signed in, each page is its own.
The count lives in a signed cookie: it offers help and limits nothing, so a browser may lose it, and
no stranger's failure leaves a row behind (SPEC 6).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import structlog
from django.conf import settings
from django.forms import BaseForm
from django.http import HttpRequest

from accounts.web import security_log, signed_cookies

log = structlog.get_logger(__name__)
HELP_AFTER_FAILURES: Final = 3
_KEPT_SECONDS: Final = 3600


def count(request: HttpRequest, why: Mapping[str, list[str]]) -> None:
    """One more failed try in this journey; a request is one try, however often it says so.

    The log keeps `why` under the request's reference, which support is told.
    """
    security_log.form_refused(request, dict(why))
    reference: str = getattr(request, "id", "")
    before = _of_this_journey(request)
    if before["reference"] != reference:
        now = {
            "journey": _journey(request),
            "count": before["count"] + 1,
            "reference": reference,
        }
        signed_cookies.keep(request, settings.FAILURES_COOKIE_NAME, now, max_age=_KEPT_SECONDS)
        log.info("try_failed", count=before["count"] + 1, why=dict(why))


def count_errors(request: HttpRequest, *forms: BaseForm) -> None:
    """Count a try that failed: a form goes back to its person with errors."""
    failed = next((form for form in forms if form.is_bound and form.errors), None)
    if failed is not None:
        # Names of fields and codes of errors: values can be secrets, and texts can repeat them.
        found = failed.errors.as_data().items()
        count(
            request, {name: [each.code or "refused" for each in errors] for name, errors in found}
        )


def forget(request: HttpRequest) -> None:
    """It worked: the next failure is the first one again."""
    signed_cookies.drop(request, settings.FAILURES_COOKIE_NAME)


def needs_help(request: HttpRequest) -> bool:
    """True from the third failure of this journey on, until something works."""
    return bool(_of_this_journey(request)["count"] >= HELP_AFTER_FAILURES)


def reference(request: HttpRequest) -> str:
    """The reference of the request that failed last: its log lines say what happened."""
    return str(_of_this_journey(request)["reference"])


def _of_this_journey(request: HttpRequest) -> dict[str, Any]:
    name = settings.FAILURES_COOKIE_NAME
    kept: dict[str, Any] | None = signed_cookies.read(request, name, max_age=_KEPT_SECONDS)
    if kept and kept["journey"] == _journey(request):
        return kept
    return {"count": 0, "reference": ""}


def _journey(request: HttpRequest) -> str:
    """Its route, never its path: paths carry tokens."""
    if not request.user.is_authenticated:
        return ""
    return request.resolver_match.route if request.resolver_match else ""
