"""Members of a business account: the list, and one address for each thing done to a member."""

from __future__ import annotations

import uuid

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import access
from accounts.access import MemberRequest
from accounts.directory.models import BusinessAccount, Membership
from accounts.membership.actions import members
from accounts.membership.forms import RoleForm
from accounts.membership.models import Invitation
from accounts.membership.views.invitations import InvitationRow, invitation_page
from accounts.membership.views.join_requests import waiting_requests
from accounts.permissions import Permission, Role
from accounts.sign_in.views.reauthentication import always, recent_proof
from accounts.web.paging import (
    Page,
    behind,
    bounded,
    count,
    counted,
    first_page,
    read_key,
    read_words,
)


@access.requires(Permission.ACCOUNT_VIEW)
@require_safe
def member_list(request: MemberRequest) -> HttpResponse:
    """Who belongs to the account, who is invited, and who asks to join."""
    account, now = request.membership.account, timezone.now()
    words = read_words(request.GET)
    after = read_key(request.GET.get("after", ""))
    invited_after = read_key(request.GET.get("invited_after", ""))
    page = _member_page(account, words, after)
    if after and not page.rows:
        return redirect("member_list", slug=account.slug)
    invited: Page[Invitation] = invitation_page(account, words, invited_after)
    manages = request.membership.may_manage_members
    total = count(account.memberships.order_by("listed_as"))
    context = {
        "words": words,
        "page": page,
        "total": total,
        "counted": counted(total),
        "after": after,
        "lines": [InvitationRow(invitation, now) for invitation in invited.rows],
        "invited": invited,
        "invited_after": invited_after,
        "join_requests": waiting_requests(account) if manages else None,
        "roles": [(role.value, role.label) for role in reversed(Role)],
        "now": now,
    }
    return render(request, "accounts/member_list.html", context)


@access.requires(Permission.MEMBERS_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
@recent_proof(lambda request: request.POST.get("role") == Role.ADMINISTRATOR)
def member_role(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """Choose a member's role. Making an administrator asks for a recent proof."""
    member = _member(request, public_id)
    form = RoleForm(request.POST or None, initial={"role": member.role})
    if request.method == "POST" and form.is_valid():
        role = Role(form.cleaned_data["role"])
        members.change_role(membership=member, role=role, by=request.user, now=timezone.now())
        messages.success(
            request,
            _("%(member)s is now: %(role)s.") % {"member": member.user, "role": role.label},
        )
        return _to_members(request)
    return _confirm(request, member, "accounts/member_role.html", form=form)


@access.requires(Permission.MEMBERS_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
@recent_proof(always)
def member_block(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """Ask once, then keep a member out until unblocked."""
    member = _member(request, public_id)
    if request.method == "POST":
        members.block(membership=member, by=request.user, now=timezone.now())
        messages.success(
            request,
            _("%(member)s is blocked.") % {"member": member.user},
            extra_tags=f"undo={_undo(request, member)}",
        )
        return _to_members(request)
    return _confirm(request, member, "accounts/member_block.html")


@access.requires(Permission.MEMBERS_MANAGE)
@require_POST
def member_unblock(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """Let a blocked member in again."""
    member = _member(request, public_id)
    members.unblock(membership=member, by=request.user, now=timezone.now())
    messages.success(request, _("%(member)s is no longer blocked.") % {"member": member.user})
    return _to_members(request)


@access.requires(Permission.MEMBERS_MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
@recent_proof(always)
def member_remove(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """Ask once, then end a membership."""
    member = _member(request, public_id)
    if request.method == "POST":
        members.remove(membership=member, by=request.user, now=timezone.now())
        messages.success(
            request,
            _("%(member)s was removed. You can invite them again at any time.")
            % {"member": member.user},
        )
        return _to_members(request)
    return _confirm(request, member, "accounts/member_remove.html")


@access.requires(Permission.ACCOUNT_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def member_leave(request: MemberRequest) -> HttpResponse:
    """Ask once, then end one's own membership."""
    membership = request.membership
    if request.method == "POST":
        members.leave(membership=membership, now=timezone.now())
        messages.success(request, _("You left %(account)s.") % {"account": membership.account})
        return redirect("account_list")
    return _confirm(request, membership, "accounts/member_leave.html")


def _member_page(account: BusinessAccount, words: str, after: uuid.UUID | None) -> Page[Membership]:
    """25 members by name, starting after the member `after`; found in one query."""
    rows = account.memberships.select_related("user").annotate(
        has_second_step=Exists(Authenticator.objects.filter(user=OuterRef("user"))),
    )
    rows = rows.order_by("listed_as", "pk")
    if after:
        last = account.memberships.filter(public_id=after).values("listed_as", "pk").first()
        if last is None:
            return Page([], has_more=False)
        rows = rows.filter(behind(listed_as=last["listed_as"], pk=last["pk"]))
    if words:
        rows = bounded(rows.filter(listed_as__icontains=words), rows, words)
    return first_page(rows)


def _member(request: MemberRequest, public_id: uuid.UUID) -> Membership:
    members_here = request.membership.account.memberships.select_related("account", "user")
    return get_object_or_404(members_here, public_id=public_id)


def _confirm(
    request: MemberRequest, member: Membership, template: str, form: RoleForm | None = None
) -> HttpResponse:
    """Ask before acting; for the last administrator, say what has to happen first."""
    context = {
        "member": member,
        "form": form,
        "is_self": member.user_id == request.user.pk,
        "is_last": member.is_last_administrator(),
    }
    return render(request, template, context)


def _undo(request: MemberRequest, member: Membership) -> str:
    return reverse(
        "member_unblock",
        kwargs={"slug": request.membership.account.slug, "public_id": member.public_id},
    )


def _to_members(request: MemberRequest) -> HttpResponse:
    return redirect("member_list", slug=request.membership.account.slug)
