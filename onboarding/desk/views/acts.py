"""What staff does with one click, each at its own address; what is asked first is in asked.py."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.directory.models import User
from accounts.membership.actions import staff
from accounts.membership.models import Invitation
from accounts.outbox.models import OutboxMail
from accounts.sign_in.views.staff import staff_only
from onboarding.desk.views import return_path
from onboarding.desk.views.return_path import back
from onboarding.support.actions import support
from onboarding.support.models import SupportMessage


@staff_only
@require_POST
def invitation_resend(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Mail an invitation again."""
    invitation = get_object_or_404(
        Invitation.objects.select_related("account"), public_id=public_id
    )
    staff.resend_invitation(
        invitation=invitation, by=return_path.staff(request), now=timezone.now()
    )
    return back(request, _("We're sending the invitation to %s again.") % invitation)


@staff_only
@require_POST
def mail_try(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Let a waiting mail go out now."""
    mail = get_object_or_404(OutboxMail, public_id=public_id)
    staff.try_mail_now(mail=mail, by=return_path.staff(request), now=timezone.now())
    return back(request, _("We're trying to send the email to %s again.") % mail.to)


@staff_only
@require_POST
def sessions_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign a person out everywhere."""
    user = get_object_or_404(User, pk=pk)
    staff.end_sessions(user=user, by=return_path.staff(request), now=timezone.now())
    return back(request, _("%s is signed out everywhere.") % user)


@staff_only
@require_POST
def person_enable(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a person sign in again."""
    user = get_object_or_404(User, pk=pk)
    staff.enable(user=user, by=return_path.staff(request), now=timezone.now())
    return back(request, _("%s can sign in again.") % user)


@staff_only
@require_POST
def support_answered(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Take a message off the list."""
    message = get_object_or_404(SupportMessage, public_id=public_id)
    support.mark_answered(message=message, by=return_path.staff(request), now=timezone.now())
    return back(request, _("“%s” is marked as answered.") % message)
