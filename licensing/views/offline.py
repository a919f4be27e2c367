"""To be written."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse


def upload(request: Any, **kwargs: Any) -> HttpResponse:
    raise Http404


def download(request: Any, **kwargs: Any) -> HttpResponse:
    raise Http404
