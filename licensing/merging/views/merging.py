"""Pages of a merge: similar accounts, what would move, and the answer."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import access, limits
from accounts.access import MemberRequest
from accounts.permissions import Permission
from accounts.sign_in.views.reauthentication import always, recent_proof
from licensing.merging.actions import proposals
from licensing.merging.forms import OURS, THEIRS, ConfirmForm, ProposeForm
from licensing.merging.models import Merge
from licensing.merging.reading import lookalikes, merge_plan, merge_preview
from licensing.merging.reading.lookalikes import Lookalike

_MAX_SHOWN = 50


@access.requires(Permission.ACCOUNT_MANAGE)
@require_safe
def merge_list(request: MemberRequest) -> HttpResponse:
    """Proposals to answer and to wait for, accounts that look the same, merges to undo."""
    account, now = request.membership.account, timezone.now()
    about = Merge.objects.about(account).with_people()
    found = lookalikes.of(account, by=request.user)
    names = {twin.account.pk: twin.name for twin in found}
    waiting = list(about.open().order_by("-pk")[:_MAX_SHOWN])
    taken = {merge.other_than(account).pk for merge in waiting}
    free = [twin for twin in found if twin.account.pk not in taken]
    to_answer = [merge for merge in waiting if merge.asked == account]
    told = [twin for twin in free if twin.is_told][: lookalikes.MAX_LOOKALIKES_SHOWN]
    askable = [twin for twin in told if twin.has_administrator]
    context = {
        "account": account,
        "to_answer": to_answer,
        "asked": [
            (merge, names.get(merge.asked.pk, lookalikes.unnamed()))
            for merge in waiting
            if merge.asking == account
        ],
        "twins": told,
        # One button leads on: what somebody waits for comes before what could be.
        "main": askable[0] if askable and not to_answer else None,
        "mine": [twin for twin in free if not twin.is_told],
        "undoable": list(about.undoable(now).filter(target=account).order_by("-merged_at")),
        "now": now,
    }
    return render(request, "licensing/merge/list.html", context)


@access.requires(Permission.ACCOUNT_MANAGE)
@require_safe
def merge_twin(request: MemberRequest, ref: str) -> HttpResponse:
    """Why the two look the same, and what moves: all of it for who administers both, else what
    is ours. `keep` says which of them stays."""
    account, twin = request.membership.account, _twin(request, ref)
    if twin is None:
        return _what_it_came_to(request, ref)
    keeps_ours = request.GET.get("keep") != THEIRS
    if (waiting := Merge.objects.between(account, twin.account).open().first()) is not None:
        return redirect("merge_proposal", slug=account.slug, public_id=waiting.public_id)
    source, target = (twin.account, account) if keeps_ours else (account, twin.account)
    plan = None
    if twin.is_mine:
        plan = merge_plan.mergeable_plan(source, target)
    elif not keeps_ours:
        plan = merge_plan.alone(source)
    names = (twin.name, account.name) if keeps_ours else (account.name, twin.name)
    context = {
        "account": account,
        "twin": twin,
        "keep": OURS if keeps_ours else THEIRS,
        "turned": THEIRS if keeps_ours else OURS,
        "source_name": names[0],
        "target_name": names[1],
        "lines": list(merge_preview.lines(plan, *names)) if plan else None,
        "second_steps": merge_preview.second_steps(source, target) if twin.is_mine else None,
        "seen": plan.digest if plan and twin.is_mine else "",
    }
    return render(request, "licensing/merge/twin.html", context)


@access.requires(Permission.ACCOUNT_MANAGE)
@require_POST
@recent_proof(always)
def merge_propose(request: MemberRequest, ref: str) -> HttpResponseBase:
    """Ask the other account's administrators; who administers both merges the two at once."""
    account, twin = request.membership.account, _twin(request, ref)
    if twin is None:
        return _what_it_came_to(request, ref)
    form = ProposeForm(request.POST)
    if not form.is_valid():
        return redirect("merge_twin", slug=account.slug, ref=ref)
    if not limits.consume(request, action="ask", key=f"merge:{request.user.pk}"):
        return limits.too_many(request)
    merge = proposals.propose(
        twin=twin,
        keep_ours=form.cleaned_data["keep"] == OURS,
        by=request.user,
        now=timezone.now(),
        seen=form.cleaned_data["seen"],
    )
    if merge.merged_at:
        return _done(request, merge)
    messages.success(request, _("The administrators of the other account were asked."))
    return redirect("merge_proposal", slug=account.slug, public_id=merge.public_id)


@access.requires(Permission.ACCOUNT_MANAGE)
@require_POST
def merge_dismiss(request: MemberRequest, ref: str) -> HttpResponse:
    """Say that it's another company: the overview doesn't point there any more."""
    twin = _twin(request, ref)
    if twin is None:
        return _what_it_came_to(request, ref)
    proposals.dismiss(twin=twin, by=request.user, now=timezone.now())
    messages.success(request, _("Understood. We won't suggest that company again."))
    return redirect("merge_list", slug=request.membership.account.slug)


@access.requires(Permission.ACCOUNT_MANAGE)
@require_safe
def merge_proposal(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """An open proposal: the side that was asked sees all that moves, the other one that it waits.

    What it came to afterwards stands on its own page, or on the list.
    """
    account = request.membership.account
    merge = _merge(request, public_id)
    if not merge.is_open:
        if merge.merged_at and not merge.undone_at:
            return redirect(merge)
        messages.info(request, _("This proposal was already answered or withdrawn."))
        return redirect("merge_list", slug=account.slug)
    is_asked = merge.asked == account
    plan = merge_plan.mergeable_plan(merge.source, merge.target) if is_asked else None
    context = {
        "account": account,
        "merge": merge,
        "is_asked": is_asked,
        "other_name": merge.asking.name if is_asked else _name(request, merge),
        "lines": list(merge_preview.lines(plan, str(merge.source), str(merge.target)))
        if plan
        else None,
        "second_steps": merge_preview.second_steps(merge.source, merge.target)
        if is_asked
        else None,
        "seen": plan.digest if plan else "",
        "now": timezone.now(),
    }
    return render(request, "licensing/merge/proposal.html", context)


@access.requires(Permission.ACCOUNT_MANAGE)
@require_POST
@recent_proof(always)
def merge_agree(request: MemberRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """Merge the two, as it was shown."""
    merge = _merge(request, public_id)
    form = ConfirmForm(request.POST)
    seen = form.cleaned_data["seen"] if form.is_valid() else ""
    done = proposals.agree(merge=merge, by=request.user, now=timezone.now(), seen=seen)
    return _done(request, done)


@access.requires(Permission.ACCOUNT_MANAGE)
@require_POST
def merge_decline(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """Say no to a proposal."""
    merge = _merge(request, public_id)
    proposals.decline(merge=merge, by=request.user, now=timezone.now())
    messages.success(
        request, _("The proposal from %(account)s was declined.") % {"account": merge.asking}
    )
    return redirect("merge_list", slug=request.membership.account.slug)


@access.requires(Permission.ACCOUNT_MANAGE)
@require_POST
def merge_withdraw(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """Withdraw a proposal that one's own account made."""
    merge = _merge(request, public_id)
    name = _name(request, merge)
    proposals.withdraw(merge=merge, name=name, by=request.user, now=timezone.now())
    messages.success(request, _("The proposal was withdrawn."))
    return redirect("merge_list", slug=request.membership.account.slug)


def _twin(request: MemberRequest, ref: str) -> Lookalike | None:
    return lookalikes.find(request.membership.account, ref, by=request.user)


def _what_it_came_to(request: MemberRequest, ref: str) -> HttpResponse:
    """Back, or a second click, after the two were merged: to what moved."""
    done = Merge.objects.about(request.membership.account).in_effect().with_people()
    for merge in done:
        both = (merge.source, merge.target), (merge.target, merge.source)
        if ref in {lookalikes.ref(*pair) for pair in both}:
            return redirect(merge)
    raise Http404


def _merge(request: MemberRequest, public_id: uuid.UUID) -> Merge:
    about = Merge.objects.about(request.membership.account)
    return get_object_or_404(about.with_people(), public_id=public_id)


def _name(request: MemberRequest, merge: Merge) -> str:
    """What the account that was asked is called by the side that asked."""
    found: Sequence[Lookalike] = lookalikes.of(merge.asking, by=request.user)
    return next((each.name for each in found if each.account == merge.asked), lookalikes.unnamed())


def _done(request: MemberRequest, merge: Merge) -> HttpResponse:
    text = _("%(source)s is now part of %(target)s.")
    messages.success(request, text % {"source": merge.source, "target": merge.target})
    return redirect(merge)
