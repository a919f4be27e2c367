"""To be written."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse


def key_cut(request: Any, **kwargs: Any) -> HttpResponse:
    raise Http404


def key_rename(request: Any, **kwargs: Any) -> HttpResponse:
    raise Http404


def key_reveal(request: Any, **kwargs: Any) -> HttpResponse:
    raise Http404


def key_revoke(request: Any, **kwargs: Any) -> HttpResponse:
    raise Http404
