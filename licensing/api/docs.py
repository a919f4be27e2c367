"""The API's description: for programs as OpenAPI 3.1, for people as a page."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from licensing.api import description, openapi_page
from licensing.api.v1 import api


@login_not_required
@require_safe
@cache_control(public=True, max_age=300)
def openapi_json(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document."""
    return JsonResponse(document(settings.PORTAL_ORIGIN))


@login_not_required
@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The same, as a page that needs no script."""
    return render(
        request, "licensing/api/docs.html", openapi_page.of(document(settings.PORTAL_ORIGIN))
    )


@lru_cache(maxsize=2)
def document(origin: str) -> dict[str, Any]:
    """Built once; it only depends on where the portal is."""
    described = description.completed(api.get_openapi_schema(path_prefix="/api/v1/"))
    described["servers"] = [{"url": origin}]
    return described
