from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.web import security_log


@login_not_required
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """How the portal is, for whoever holds PORTAL_METRICS_TOKEN; nobody else learns of it."""
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not _is_ours(token):
        security_log.refused(request, security_log.TOKEN_FAIL, "metrics")
        raise Http404
    # Its library takes memory that only those spend who set a token.
    from onboarding.operations.metrics import exposition

    return HttpResponse(exposition(), content_type="text/plain; version=0.0.4; charset=utf-8")


def metrics_urls() -> list[URLPattern]:
    """Nothing without a token that could prove anybody."""
    token = settings.PORTAL_METRICS_TOKEN
    return [path("metrics", metrics, name="metrics")] if token else []


def _is_ours(token: str) -> bool:
    return constant_time_compare(token.strip(), settings.PORTAL_METRICS_TOKEN)
