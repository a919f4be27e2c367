"""To be written."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse


def device_authorization(request: Any, **kwargs: Any) -> HttpResponse:
    raise Http404


def token(request: Any, **kwargs: Any) -> HttpResponse:
    raise Http404


def metadata(request: Any, **kwargs: Any) -> HttpResponse:
    raise Http404


def license_keys(request: Any, **kwargs: Any) -> HttpResponse:
    raise Http404
