"""To be written."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse


def instance_edit(request: Any, **kwargs: Any) -> HttpResponse:
    raise Http404


def instance_move(request: Any, **kwargs: Any) -> HttpResponse:
    raise Http404


def instance_deactivate(request: Any, **kwargs: Any) -> HttpResponse:
    raise Http404


def instance_lost(request: Any, **kwargs: Any) -> HttpResponse:
    raise Http404
