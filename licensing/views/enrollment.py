"""To be written."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse


def token_list(request: Any, **kwargs: Any) -> HttpResponse:
    raise Http404


def token_new(request: Any, **kwargs: Any) -> HttpResponse:
    raise Http404


def token_revoke(request: Any, **kwargs: Any) -> HttpResponse:
    raise Http404
