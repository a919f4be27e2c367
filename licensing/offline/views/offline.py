"""Pages for offline instances: upload a request file, download the answer (SPEC 4.3)."""

from __future__ import annotations

import uuid
from typing import cast

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import access, limits
from accounts.access import MemberRequest
from accounts.directory.models import BusinessAccount, Membership
from accounts.errors import DomainError
from accounts.limits import failures
from accounts.permissions import PackagePermission, Permission
from accounts.web.destinations import with_next
from licensing.activation.errors import RequestNotFound
from licensing.activation.models import ActivationRequest
from licensing.activation.models.activation_request import Status
from licensing.documents import documents
from licensing.licenses.models import Activation
from licensing.offline.actions import offline
from licensing.offline.forms import OfflineForm
from licensing.offline.models import FileAnswer
from licensing.permissions import LicensingPermission
from licensing.protocol import tokens


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponseBase:
    """Take a request file: an activation goes on to the consent pages, the rest is answered."""
    member_request = cast(MemberRequest, request)
    memberships = access.memberships_of(member_request.user)
    if not memberships:
        return redirect(with_next(reverse("account_new"), reverse("activate_offline")))
    _refuse_without_right(memberships)
    if request.method != "POST":
        return _page(member_request, OfflineForm())
    if not limits.consume(request, action="request_file", key=str(member_request.user.pk)):
        return limits.too_many(request)
    form = OfflineForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            taken = _taken(member_request, form)
        except DomainError as error:
            form.add_error(form.source, _refusal(error))
        else:
            failures.forget(request)
            return taken
    return _page(member_request, form)


@require_safe
def answer(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """What a refresh or deactivation file was answered with, and what to do with it."""
    found = _answer(public_id)
    instance = found.activation.instance
    if elsewhere := _admit(request, instance.account, LicensingPermission.LICENSES_MANAGE):
        return elsewhere
    context = {
        "answer": found,
        "instance": instance,
        "is_refresh": found.mode == FileAnswer.Mode.REFRESH,
        "ends_at": documents.ends_at(found.document),
        "checksum": tokens.dashed(tokens.checksum(found.file_digest)),
    }
    return render(request, "licensing/offline/answer.html", context)


@require_safe
def answer_file(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """The answer itself, the same bytes every time."""
    found = _answer(public_id)
    instance = found.activation.instance
    if elsewhere := _admit(request, instance.account, LicensingPermission.LICENSES_MANAGE):
        return elsewhere
    _refuse_withdrawn(found.document)
    ending = "raslic" if found.mode == FileAnswer.Mode.REFRESH else "rasreceipt"
    return _file(found.document, instance.name, ending)


@require_safe
def download(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """The license file of an approved activation file, the same bytes every time.

    Besides those who manage licenses, for the member who brought the request and asked for
    approval.
    """
    with_license = ActivationRequest.objects.select_related("account", "activation__key__license")
    answered = with_license.exclude(document="")
    found = answered.filter(public_id=public_id, status=Status.REDEEMED).first()
    if found is None or found.account is None:
        raise Http404
    is_own = found.claimed_by_id == request.user.pk
    right = Permission.ACCOUNT_VIEW if is_own else LicensingPermission.LICENSES_MANAGE
    if elsewhere := _admit(request, found.account, right):
        return elsewhere
    _refuse_withdrawn(found.document)
    _refuse_stopped(found.activation)
    return _file(found.document, found.instance_name, "raslic")


def _refuse_stopped(activation: Activation | None) -> None:
    """What was approved before a suspension isn't fetched during it."""
    if activation and (reason := activation.key.license.suspended_because):
        raise PermissionDenied(
            _("%(license)s is suspended. Reason: %(reason)s Ask support.")
            % {"license": activation.key.license, "reason": reason}
        )


def _refuse_withdrawn(document: str) -> None:
    if documents.kid_of(document) in documents.withdrawn_kids():
        raise PermissionDenied(
            _(
                "This file was signed with a key that has been withdrawn, so it can't be "
                "used. Save a new request to activate at the console and upload that."
            )
        )


def _refuse_without_right(memberships: list[Membership]) -> None:
    active = [each for each in memberships if not each.blocked_at]
    if not any(each.may(LicensingPermission.LICENSES_MANAGE) for each in active):
        names = ", ".join(str(each.account) for each in memberships)
        raise PermissionDenied(
            _(
                "Only license managers and administrators of %(accounts)s can do this. Give "
                "one of them the request file to upload on this page."
            )
            % {"accounts": names}
        )


def _taken(request: MemberRequest, form: OfflineForm) -> HttpResponseBase:
    """Where the journey goes on with this file; raises DomainError."""
    now = timezone.now()
    if form.request.needs_approval:
        opened = offline.open_request(file=form.request, by=request.user, now=now)
        name = "activation_request" if opened.status == Status.PENDING else "activation_done"
        return redirect(name, public_id=opened.public_id)
    home = offline.home_of(form.request, now=now)
    if elsewhere := access.require_second_step(request, home):
        return elsewhere
    answered = offline.answer(file=form.request, by=request.user, now=now)
    return redirect("offline_answer", public_id=answered.public_id)


def _refusal(error: DomainError) -> str:
    if isinstance(error, RequestNotFound):
        return _("Someone else has already uploaded this file. Ask them, or save a new one.")
    return str(error)


def _page(request: MemberRequest, form: OfflineForm) -> HttpResponse:
    failures.count_errors(request, form)
    return render(request, "licensing/offline/upload.html", {"form": form})


def _answer(public_id: uuid.UUID) -> FileAnswer:
    answers = FileAnswer.objects.select_related("activation__instance__account")
    found = answers.filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


def _admit(
    request: HttpRequest, account: BusinessAccount, right: PackagePermission
) -> HttpResponseBase | None:
    return access.admit(cast(MemberRequest, request), account.holder().slug, right)


def _file(document: str, name: str, ending: str) -> HttpResponse:
    stem = slugify(name) or "instance"
    return HttpResponse(
        document,
        content_type="application/jose",
        headers={"Content-Disposition": f'attachment; filename="{stem}.{ending}"'},
    )
