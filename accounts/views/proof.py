"""Sensitive acts ask for the password again when the last proof is too old (SPEC 4.1)."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.http import HttpResponseBase

from accounts.access import MemberRequest

P = ParamSpec("P")
View = Callable[Concatenate[MemberRequest, P], HttpResponseBase]


def always(request: MemberRequest) -> bool:
    return True


def recent_proof(when: Callable[[MemberRequest], bool]) -> Callable[[View[P]], View[P]]:
    """Ask who is there before a POST that is sensitive according to `when`, then carry it out.

    Signing in counts: allauth's own decorator would ask again seconds after it.
    """

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(
            request: MemberRequest, /, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponseBase:
            if request.method == "POST" and when(request) and not _is_recent(request):
                raise ReauthenticationRequired
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def _is_recent(request: MemberRequest) -> bool:
    records = get_authentication_records(request, request.user)
    if records and time.time() - records[-1]["at"] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT:
        return True
    return not is_reauthentication_required(request, app="allauth.account")
