"""What the mail provider reports: delivered, bounced (SPEC 4.4)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import structlog
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt

log = structlog.get_logger(__name__)
View = Callable[[HttpRequest], HttpResponse]
_BACKEND: Final = re.compile(r"anymail\.backends\.(\w+)\.EmailBackend")


def webhook_urls() -> list[URLPattern]:
    """The route for the provider in use; none without one, or without a secret to prove it."""
    provider = _BACKEND.fullmatch(settings.EMAIL_BACKEND)
    if provider is None or not settings.PORTAL_WEBHOOK_SECRET:
        return []
    # Imported late: it loads the code of every provider there is.
    from anymail.urls import urlpatterns

    views = {pattern.name: pattern.callback for pattern in urlpatterns}
    view = views.get(f"{provider[1]}_tracking_webhook")
    if view is None:  # a provider that reports nothing, like Anymail's own test backend
        return []
    return [path(f"anymail/{provider[1]}/tracking/", guarded(view), name="mail_events")]


def guarded(view: View) -> View:
    """Anymail's view behind our lock: who isn't the provider learns nothing, rubbish gets 400."""

    @csrf_exempt
    @login_not_required
    def mail_events(request: HttpRequest) -> HttpResponse:
        if not _is_provider(request):
            return HttpResponse(status=401, headers={"WWW-Authenticate": 'Basic realm="webhooks"'})
        try:
            return view(request)
        except DatabaseError:
            raise  # not the provider's fault: it gets a 500 and tries again
        except Exception as error:  # Anymail's parsers raise anything at all on rubbish
            log.warning("webhook_refused", error=type(error).__name__)
            return HttpResponse(status=400)

    return mail_events


def _is_provider(request: HttpRequest) -> bool:
    from anymail.utils import get_request_basic_auth

    secret = settings.PORTAL_WEBHOOK_SECRET
    given = get_request_basic_auth(request)
    return bool(secret and given) and constant_time_compare(given, secret)
