"""To be written."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse


def license_list(request: Any, **kwargs: Any) -> HttpResponse:
    raise Http404


def license_export(request: Any, **kwargs: Any) -> HttpResponse:
    raise Http404


def license_add(request: Any, **kwargs: Any) -> HttpResponse:
    raise Http404


def license_page(request: Any, **kwargs: Any) -> HttpResponse:
    raise Http404
