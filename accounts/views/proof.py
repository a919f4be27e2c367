"""Sensitive acts ask for the password again when the last proof is too old (SPEC 4.1)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from django.http import HttpResponseBase

from accounts.access import MemberRequest

P = ParamSpec("P")
View = Callable[Concatenate[MemberRequest, P], HttpResponseBase]


def always(request: MemberRequest) -> bool:
    return True


def recent_proof(when: Callable[[MemberRequest], bool]) -> Callable[[View[P]], View[P]]:
    """Ask who is there before a POST that is sensitive according to `when`, then carry it out.

    Signing in counts, too (accounts/adapter.py).
    """

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(
            request: MemberRequest, /, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponseBase:
            if request.method == "POST" and when(request):
                raise_if_reauthentication_required(request, app="allauth.account")
            return view(request, *args, **kwargs)

        return guarded

    return decorate
