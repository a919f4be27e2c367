"""To be written."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse


def instance_list(request: Any, **kwargs: Any) -> HttpResponse:
    raise Http404


def instance_export(request: Any, **kwargs: Any) -> HttpResponse:
    raise Http404


def instance_page(request: Any, **kwargs: Any) -> HttpResponse:
    raise Http404
