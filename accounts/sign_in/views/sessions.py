"""The list of a person's sessions, and ending a single one."""

from __future__ import annotations

from typing import cast

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.directory.models import User
from accounts.sign_in.actions import people


@require_POST
def session_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of one's own sessions; the present one ends by signing out."""
    found = get_object_or_404(UserSession, user=cast(User, request.user), pk=pk)
    if found.session_key == request.session.session_key:
        messages.info(request, _("This is the session you're using. Sign out to end it."))
    else:
        people.end_session(found)
        messages.success(request, _("That session was signed out."))
    return redirect("usersessions_list")
