"""This package's audit events: `noun.verb`, past tense, stable."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.audit.registry import declare


class Event(models.TextChoices):
    ACCOUNT_CREATED = "account.created", _("Business account created")
    ACCOUNT_RENAMED = "account.renamed", _("Business account renamed")
    ACCOUNT_SETTINGS_CHANGED = "account.settings_changed", _("Settings changed")
    MEMBER_JOINED = "member.joined", _("Joined")
    MEMBER_ROLE_CHANGED = "member.role_changed", _("Role changed")
    MEMBER_BLOCKED = "member.blocked", _("Blocked")
    MEMBER_UNBLOCKED = "member.unblocked", _("Unblocked")
    MEMBER_REMOVED = "member.removed", _("Removed")
    MEMBER_LEFT = "member.left", _("Left")
    INVITATION_SENT = "invitation.sent", _("Invited")
    INVITATION_RESENT = "invitation.resent", _("Invitation sent again")
    INVITATION_ACCEPTED = "invitation.accepted", _("Invitation accepted")
    INVITATION_DECLINED = "invitation.declined", _("Invitation declined")
    INVITATION_REVOKED = "invitation.revoked", _("Invitation revoked")
    INVITATION_RENEWAL_ASKED = "invitation.renewal_asked", _("New invitation requested")
    JOIN_REQUESTED = "join_request.made", _("Asked to join")
    JOIN_APPROVED = "join_request.approved", _("Request to join approved")
    JOIN_DECLINED = "join_request.declined", _("Request to join declined")
    MAIL_CANCELLED = "mail.cancelled", _("Email canceled by staff")
    SESSIONS_ENDED = "person.sessions_ended", _("Signed out everywhere by staff")
    PERSON_DISABLED = "person.disabled", _("Sign-in disabled by staff")
    PERSON_ENABLED = "person.enabled", _("Sign-in enabled by staff")
    CHANGE_DISOWNED = "person.change_disowned", _("Change of sign-in reported")
    RECOVERY_ASKED = "recovery.asked", _("Help with a lost second step requested")
    RECOVERY_STARTED = "recovery.started", _("Recovery of a second step started")
    RECOVERY_APPROVED = "recovery.approved", _("Recovery of a second step approved")
    RECOVERY_STOPPED = "recovery.stopped", _("Recovery of a second step stopped")
    RECOVERY_COMPLETED = "recovery.completed", _("Second step removed by recovery")
    CLAIM_MADE = "claim.made", _("Administration claimed")
    CLAIM_OBJECTED = "claim.objected", _("Claim objected to")
    CLAIM_WITHDRAWN = "claim.withdrawn", _("Claim withdrawn")
    CLAIM_GRANTED = "claim.granted", _("Claim granted")
    CLAIM_DECLINED = "claim.declined", _("Claim declined")


_SENTENCES: Final = {
    Event.ACCOUNT_CREATED: _("%(actor)s created the business account %(subject)s"),
    Event.ACCOUNT_RENAMED: _("%(actor)s renamed the account %(before)s to %(subject)s"),
    Event.ACCOUNT_SETTINGS_CHANGED: _("%(actor)s changed the settings of the account"),
    Event.MEMBER_JOINED: _("%(subject)s joined as %(role)s"),
    Event.MEMBER_ROLE_CHANGED: _(
        "%(actor)s changed the role of %(subject)s from %(before)s to %(after)s"
    ),
    Event.MEMBER_BLOCKED: _("%(actor)s blocked %(subject)s"),
    Event.MEMBER_UNBLOCKED: _("%(actor)s unblocked %(subject)s"),
    Event.MEMBER_REMOVED: _("%(actor)s removed %(subject)s, who was %(role)s"),
    Event.MEMBER_LEFT: _("%(subject)s left, who was %(role)s"),
    Event.INVITATION_SENT: _("%(actor)s invited %(subject)s as %(role)s"),
    Event.INVITATION_RESENT: _("%(actor)s sent the invitation to %(subject)s again"),
    Event.INVITATION_ACCEPTED: _("%(actor)s accepted the invitation to %(subject)s"),
    Event.INVITATION_DECLINED: _("The invitation to %(subject)s was declined"),
    Event.INVITATION_REVOKED: _("%(actor)s revoked the invitation to %(subject)s"),
    Event.INVITATION_RENEWAL_ASKED: _("%(subject)s asked for a new invitation"),
    Event.JOIN_REQUESTED: _("%(subject)s asked to join"),
    Event.JOIN_APPROVED: _("%(actor)s approved the request of %(subject)s to join as %(role)s"),
    Event.JOIN_DECLINED: _("%(actor)s declined the request of %(subject)s to join"),
    Event.MAIL_CANCELLED: _("%(actor)s canceled a waiting email to %(subject)s"),
    Event.SESSIONS_ENDED: _("%(actor)s signed %(subject)s out everywhere"),
    Event.PERSON_DISABLED: _("%(actor)s disabled the sign-in of %(subject)s"),
    Event.PERSON_ENABLED: _("%(actor)s enabled the sign-in of %(subject)s"),
    Event.CHANGE_DISOWNED: _(
        "%(subject)s reported a change of their sign-in that wasn't theirs, and was signed out"
        " everywhere"
    ),
    Event.RECOVERY_ASKED: _(
        "%(subject)s lost their second step and asked the administrators for help"
    ),
    Event.RECOVERY_STARTED: _("%(actor)s started the recovery of %(subject)s's second step"),
    Event.RECOVERY_APPROVED: _("%(actor)s approved the recovery of %(subject)s's second step"),
    Event.RECOVERY_STOPPED: _("The recovery of %(subject)s's second step was stopped"),
    Event.RECOVERY_COMPLETED: _("The second step of %(subject)s was removed"),
    Event.CLAIM_MADE: _("%(actor)s claimed to become administrator"),
    Event.CLAIM_OBJECTED: _("%(actor)s objected to the claim of %(subject)s"),
    Event.CLAIM_WITHDRAWN: _("%(actor)s withdrew the claim"),
    Event.CLAIM_GRANTED: _("%(actor)s made %(subject)s an administrator by claim"),
    Event.CLAIM_DECLINED: _("%(actor)s declined the claim of %(subject)s"),
}
_KINDS: Final = {
    "member": _("Members"),
    "invitation": _("Invitations"),
    "join_request": _("Requests to join"),
    "recovery": _("Second steps"),
    "claim": _("Claims"),
    "account": _("The account itself"),
}
declare(Event, sentences=_SENTENCES, kinds=_KINDS)
