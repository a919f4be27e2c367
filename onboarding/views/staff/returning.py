"""Acts of staff lead back to the page that they were started on."""

from __future__ import annotations

from typing import cast
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.destinations import is_ours
from accounts.models import User


def staff(request: HttpRequest) -> User:
    """Who acts; behind `staff_only`."""
    return cast(User, request.user)


def came_from(request: HttpRequest) -> str:
    """The page of ours one comes from, else the desk; forms that ask first carry it as `next`."""
    url = request.POST.get("next") or request.headers.get("Referer", "")
    parts = urlsplit(url)
    if is_ours(url) and parts.path != request.path:
        return parts.path + (f"?{parts.query}" if parts.query else "")
    return reverse("staff_desk")


def back(request: HttpRequest, text: str) -> HttpResponse:
    """To where one came from, with what happened."""
    messages.success(request, text)
    return redirect(came_from(request))
