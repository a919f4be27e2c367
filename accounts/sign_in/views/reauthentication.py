"""Sensitive acts ask for the password again when the last proof is too old (SPEC 4.1)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.http import HttpRequest, HttpResponseBase

from accounts.web.allauth_internals import raise_if_reauthentication_required

P = ParamSpec("P")
Request = TypeVar("Request", bound=HttpRequest)
View = Callable[Concatenate[Request, P], HttpResponseBase]


def always(request: HttpRequest) -> bool:
    return True


def recent_proof(
    when: Callable[[Any], bool],
) -> Callable[[View[Request, P]], View[Request, P]]:
    """Ask who is there before a POST that is sensitive according to `when`, then carry it out.

    Signing in counts, too (accounts/adapter.py).
    """

    def decorate(view: View[Request, P]) -> View[Request, P]:
        @wraps(view)
        def guarded(request: Request, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if request.method == "POST" and when(request):
                raise_if_reauthentication_required(request, app="allauth.account")
            return view(request, *args, **kwargs)

        return guarded

    return decorate
