"""Files of purchases: brought by staff, checked, looked at, and imported as a whole."""

from __future__ import annotations

import uuid
from typing import Any, Final, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import limits
from accounts.directory.models import BusinessAccount, User
from accounts.membership.models import Invitation
from accounts.sign_in.views.reauthentication import always, recent_proof
from accounts.sign_in.views.staff import staff_only
from accounts.web.paging import first_page
from licensing.purchases.actions import uploads
from licensing.purchases.forms import DiskUploadHandler, PurchaseFileForm, ReceivedFile, is_too_long
from licensing.purchases.models import PurchaseImport
from licensing.purchases.models.purchase_import import ImportState
from licensing.purchases.rules import purchase_csv
from licensing.purchases.rules.purchase_files import PurchaseFile
from licensing.purchases.rules.purchase_rows import COLUMNS, PurchaseRecord

_ROWS: Final = 20
_COMPANIES: Final = 20


@csrf_exempt  # the token is read with the file, once that goes to disk
@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def purchases(request: HttpRequest) -> HttpResponseBase:
    """Take a file, and list the ones that were taken, newest first."""
    if request.method != "POST":
        return _list(request, PurchaseFileForm())
    if is_too_long(request.META.get("CONTENT_LENGTH")):
        return _list(request, PurchaseFileForm({}, too_long=True))
    handler = DiskUploadHandler(request)
    request.upload_handlers = [handler]
    return _take(request, handler)


@staff_only
@require_safe
def purchase_import(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """One file: how far it is, what it would do, what came of it. htmx asks for a part only."""
    look = PurchaseFile(public_id).look()
    people = PurchaseImport.objects.select_related("uploaded_by", "started_by")
    upload = get_object_or_404(people, public_id=public_id)
    state = upload.state(look)
    context = {
        "upload": upload,
        "state": state,
        "percent": look.percent or 0,
        "now": timezone.now(),
        **_shown(upload, state),
    }
    part = bool(request.headers.get("HX-Request"))
    return render(request, "staff/parts/import.html" if part else "staff/import.html", context)


@staff_only
@require_POST
@recent_proof(always)
def import_start(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Import a checked file."""
    upload = get_object_or_404(PurchaseImport, public_id=public_id)
    uploads.start(upload=upload, by=_staff(request), now=timezone.now())
    return redirect("staff_import", public_id=public_id)


@staff_only
@require_POST
def import_again(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Go on with a file that a worker left when it died."""
    upload = get_object_or_404(PurchaseImport, public_id=public_id)
    uploads.try_again(upload=upload, by=_staff(request))
    return redirect("staff_import", public_id=public_id)


@staff_only
@require_POST
def import_discard(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Delete a file without importing it."""
    upload = get_object_or_404(PurchaseImport, public_id=public_id)
    uploads.discard(upload=upload, by=_staff(request), now=timezone.now())
    messages.success(request, _("%s was deleted. Nothing was imported.") % upload)
    return redirect("staff_purchases")


@csrf_protect
def _take(request: HttpRequest, handler: DiskUploadHandler) -> HttpResponseBase:
    if not limits.consume(request, action="purchase_file", key=str(request.user.pk)):
        return limits.too_many(request)
    form = PurchaseFileForm(request.POST, request.FILES, too_long=handler.is_too_long)
    if not form.is_valid():
        return _list(request, form)
    file: ReceivedFile = form.cleaned_data["file"]
    upload = uploads.receive(
        part=file.path,
        name=file.name or "",
        digest=file.digest,
        size=file.size or 0,
        by=_staff(request),
        now=timezone.now(),
    )
    return redirect("staff_import", public_id=upload.public_id)


def _list(request: HttpRequest, form: PurchaseFileForm) -> HttpResponse:
    before = request.GET.get("before", "")
    rows = PurchaseImport.objects.select_related("uploaded_by", "started_by").order_by("-pk")
    if before.isascii() and before.isdigit() and len(before) <= 18:
        rows = rows.filter(pk__lt=int(before))
    page = first_page(rows)
    context = {"form": form, "page": page, "before": before, "now": timezone.now()}
    return render(request, "staff/purchases.html", context | {"columns": ",".join(COLUMNS)})


def _shown(upload: PurchaseImport, state: ImportState) -> dict[str, Any]:
    """What goes with each state."""
    if state is ImportState.READY:
        earlier = PurchaseImport.objects.filter(
            file_digest=upload.file_digest, imported_at__isnull=False
        )
        return {
            "rows": _first_rows(upload.file),
            "earlier": earlier.select_related("started_by").order_by("pk").first(),
        }
    if upload.imported_at and upload.accounts:
        opened = BusinessAccount.objects.filter(
            origin=BusinessAccount.Origin.PURCHASE, created_at=upload.imported_at
        )
        return {
            "companies": list(opened.order_by("pk")[:_COMPANIES]),
            "invited": Invitation.objects.by_vendor(upload.imported_at).tally(),
        }
    return {}


def _first_rows(file: PurchaseFile) -> list[PurchaseRecord]:
    try:
        with file.path.open("rb") as stream:
            return purchase_csv.first_sold(stream, _ROWS)
    except FileNotFoundError as error:  # imported this very moment
        raise Http404 from error


def _staff(request: HttpRequest) -> User:
    return cast(User, request.user)
