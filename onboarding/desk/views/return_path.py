"""Acts of staff lead back to the page that they were started on."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, cast
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from accounts.directory.models import User
from accounts.errors import DomainError
from accounts.web.destinations import path_of

P = ParamSpec("P")


def staff(request: HttpRequest) -> User:
    """Who acts; behind `staff_only`."""
    return cast(User, request.user)


def came_from(request: HttpRequest) -> str:
    """The page of ours one comes from, else the desk; forms that ask first carry it as `next`."""
    back = path_of(request.POST.get("next") or request.headers.get("Referer", ""))
    if back and urlsplit(back).path != request.path:
        return back
    return reverse("staff_desk")


def when_refused(view: Callable[P, HttpResponseBase]) -> Callable[P, HttpResponseBase]:
    """Lead a refused act back to where staff came from, with its reason: the page that asks would
    only be refused again."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        request = cast(HttpRequest, args[0])
        try:
            return view(*args, **kwargs)
        except DomainError as error:
            messages.error(request, str(error))
            return redirect(came_from(request))

    return guarded


def back(request: HttpRequest, text: str) -> HttpResponse:
    """To where one came from, with what happened."""
    messages.success(request, text)
    return redirect(came_from(request))
