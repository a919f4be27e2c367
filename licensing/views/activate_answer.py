"""To be written."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse


def approve(request: Any, **kwargs: Any) -> HttpResponse:
    raise Http404


def deny(request: Any, **kwargs: Any) -> HttpResponse:
    raise Http404


def disown(request: Any, **kwargs: Any) -> HttpResponse:
    raise Http404


def hand_over(request: Any, **kwargs: Any) -> HttpResponse:
    raise Http404


def done(request: Any, **kwargs: Any) -> HttpResponse:
    raise Http404
