"""The gate: turns a URL and a person into a membership with the required permission."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, cast

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.validators import slug_re
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.directory.models import BusinessAccount, Membership, User
from accounts.permissions import PackagePermission
from accounts.web import security_log
from accounts.web.destinations import with_next

P = ParamSpec("P")
STAFF: Final = "staff"  # no account's slug is so short


class MemberRequest(HttpRequest):
    """A request that has passed the gate."""

    membership: Membership
    memberships: list[Membership]
    user: User


Inner = Callable[Concatenate[MemberRequest, P], HttpResponseBase]


def requires(
    permission: PackagePermission,
) -> Callable[[Inner[P]], Callable[..., HttpResponseBase]]:
    """Let active members with `permission` in; sets `request.membership`.

    Outsiders get 404, as if the account didn't exist; members without the permission get 403. Pages
    of an account that was merged away redirect its members to the same page of the other one.
    """

    def decorate(view: Inner[P]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            member_request = cast(MemberRequest, request)
            try:
                elsewhere = admit(member_request, slug, permission)
            except Http404:
                elsewhere = _where_it_went(member_request, slug)
            if elsewhere:
                return elsewhere
            return view(member_request, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]  # read by the tests
        return guarded

    return decorate


def admit(
    request: MemberRequest, slug: str, permission: PackagePermission
) -> HttpResponseBase | None:
    """Set `request.membership`, or refuse as `requires` does; an answer when the account wants
    two-step sign-in first. For pages whose address doesn't name the account."""
    membership = _membership(request, slug)
    if membership.blocked_at:
        security_log.explain(request, "blocked")
        raise PermissionDenied(
            _("Your access to %(account)s is blocked. An administrator can unblock you.")
            % {"account": membership.account}
        )
    if not membership.may(permission):
        security_log.explain(request, f"role:{permission}")
        raise PermissionDenied(
            _("Your role doesn't allow it. Ask an administrator of %(account)s.")
            % {"account": membership.account}
        )
    if has_second_step(membership):
        return None
    return require_second_step(request, membership.account)


def require_second_step(request: HttpRequest, account: BusinessAccount) -> HttpResponseBase | None:
    """Where to set up two-step sign-in, when the account wants it and this person hasn't."""
    if not account.require_two_step or is_mfa_enabled(request.user):
        return None
    security_log.refused(request, security_log.AUTHZ_FAIL, "two_steps", account=account.slug)
    return redirect(second_step_first(request, account.slug))


def second_step_first(request: HttpRequest, required: str) -> str:
    """Where a second step is set up because `required` (an account's slug, or STAFF) asks for it;
    it leads back here."""
    here = request.get_full_path() if request.method in ("GET", "HEAD") else ""
    return with_next(reverse("mfa_index"), here, required=required)


def memberships_of(user: User) -> list[Membership]:
    """All of a person's memberships with their accounts, by name: one query for gate and menu.

    `has_second_step` tells of each of these whether its person has one.
    """
    return list(
        Membership.objects.filter(user=user)
        .annotate(has_second_step=Exists(Authenticator.objects.filter(user=OuterRef("user"))))
        .select_related("account")
        .order_by("account__name", "pk")
    )


def has_second_step(membership: Membership) -> bool:
    """Of a membership that the gate, or `memberships_of`, has read; no query."""
    known: bool = getattr(membership, "has_second_step")  # noqa: B009 (an annotation)
    return known


def _membership(request: MemberRequest, slug: str) -> Membership:
    request.memberships = memberships_of(request.user)
    for membership in request.memberships:
        if membership.account.slug == slug:
            membership.user = request.user
            request.membership = membership
            return membership
    raise Http404


def holder_of(request: MemberRequest, slug: str) -> BusinessAccount:
    """The account that `slug` was merged into, for those who belong there; else 404."""
    if not slug_re.match(slug):  # from a form: it can be anything
        raise Http404
    closed = BusinessAccount.objects.exclude(merged_into=None).filter(slug=slug).first()
    holder = closed and closed.holder()
    if holder is None or holder.pk not in {each.account_id for each in request.memberships}:
        raise Http404
    return holder


def _where_it_went(request: MemberRequest, slug: str) -> HttpResponseBase:
    """The same page of the account that `slug` was merged into; what was sent isn't done there."""
    target = holder_of(request, slug)
    if request.method not in ("GET", "HEAD"):
        text = _("The account was merged into %(account)s, which now has everything it had.")
        messages.info(request, text % {"account": target})
        return redirect("account_overview", slug=target.slug)
    return redirect(request.get_full_path().replace(f"/{slug}/", f"/{target.slug}/", 1))
