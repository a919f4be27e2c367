"""What a merge has moved, and undoing it; for administrators of either side, as they were then.

The address doesn't name an account: whom a merge cost the place in their account gets here, too.
"""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import access
from accounts.access import MemberRequest
from accounts.sign_in.views.reauthentication import always, recent_proof
from licensing.merging.actions import undoing
from licensing.merging.models import Merge
from licensing.merging.reading import merge_preview
from licensing.merging.reading.merge_plan import MergePlan


@require_safe
def merged(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """What moved, by whom and when, and until when it can be undone."""
    merge, now = _merge(request, public_id), timezone.now()
    plan = MergePlan.from_json(merge.manifest)
    request.memberships = access.memberships_of(request.user)
    context = {
        "merge": merge,
        "lines": list(merge_preview.lines(plan, str(merge.source), str(merge.target))),
        "can_undo": merge.is_undoable(now),
        "membership": next(
            (each for each in request.memberships if each.account_id == merge.target_id), None
        ),
        "now": now,
    }
    return render(request, "licensing/merge/merged.html", context)


@require_POST
@recent_proof(always)
def undo(request: MemberRequest, public_id: uuid.UUID) -> HttpResponse:
    """Bring everything back to where it was."""
    merge = _merge(request, public_id)
    undoing.undo(merge=merge, by=request.user, now=timezone.now())
    text = _("Undone: %(source)s and %(target)s are two accounts again.")
    messages.success(request, text % {"source": merge.source, "target": merge.target})
    return redirect(merge)


def _merge(request: MemberRequest, public_id: uuid.UUID) -> Merge:
    done = Merge.objects.filter(merged_at__isnull=False).select_related(
        "source", "target", "answered_by", "proposed_by", "undone_by"
    )
    merge = get_object_or_404(done, public_id=public_id)
    if not undoing.may_undo(merge, request.user):
        raise Http404
    return merge
