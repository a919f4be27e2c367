"""The vendor's own pages: Django's admin, behind the portal's sign-in and two steps."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import access
from accounts.directory.models import User
from accounts.web import security_log
from accounts.web.destinations import with_next
from accounts.web.records import ReadOnly

View = Callable[..., HttpResponseBase]


def staff_only(view: View) -> View:
    """Let active staff with two-step sign-in in; others go where the admin sends them."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not admin.site.has_permission(request):
            return admin.site.login(request)
        return view(request, *args, **kwargs)

    return guarded


class StaffSite(admin.AdminSite):
    site_header = gettext_lazy("Staff")
    site_title = gettext_lazy("Staff")
    index_title = gettext_lazy("Records")

    def has_permission(self, request: HttpRequest) -> bool:
        """Active staff who have two-step sign-in; nobody else gets past the door."""
        user = request.user
        return isinstance(user, User) and super().has_permission(request) and is_mfa_enabled(user)

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Take read-only record pages alone: what libraries register would let staff write past
        the actions, prove addresses that aren't, and read session keys and secrets.
        """
        if admin_class is not None and issubclass(admin_class, ReadOnly):
            super().register(model_or_iterable, admin_class, **options)

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        """No page offers it, and it would search tables by its own rules."""
        raise Http404

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Send people through the portal's own sign-in, with its limits and two steps."""
        if isinstance(request.user, User):
            if not request.user.is_staff:  # signing in again would lead back here, forever
                security_log.explain(request, "not_staff")
                raise PermissionDenied(_("These pages are for staff."))
            security_log.refused(request, security_log.AUTHZ_FAIL, "two_steps")
            return redirect(access.second_step_first(request, access.STAFF))
        return redirect(with_next(reverse("account_login"), reverse("admin:index")))
