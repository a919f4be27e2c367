"""To be written."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse


def enter(request: Any, **kwargs: Any) -> HttpResponse:
    raise Http404


def choose_account(request: Any, **kwargs: Any) -> HttpResponse:
    raise Http404


def choose_license(request: Any, **kwargs: Any) -> HttpResponse:
    raise Http404


def confirm(request: Any, **kwargs: Any) -> HttpResponse:
    raise Http404
