"""Names of audit events: `noun.verb`, past tense, stable."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


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
    INVITATION_RENEWAL_ASKED = "invitation.renewal_asked", _("New invitation asked for")
    JOIN_REQUESTED = "join_request.made", _("Asked to join")
    JOIN_APPROVED = "join_request.approved", _("Request to join approved")
    JOIN_DECLINED = "join_request.declined", _("Request to join declined")
    LICENSE_ADDED = "license.added", _("License added")
    LICENSE_TRIAL_STARTED = "license.trial_started", _("Trial started")
    KEY_CUT = "key.cut", _("Key cut")
    KEY_RENAMED = "key.renamed", _("Key renamed")
    KEY_REVOKED = "key.revoked", _("Key revoked")
    KEY_REVEALED = "key.revealed", _("Key revealed")
    INSTANCE_ACTIVATED = "instance.activated", _("Instance activated")
    INSTANCE_UPGRADED = "instance.upgraded", _("Instance upgraded")
    INSTANCE_MOVED = "instance.moved", _("Instance moved to another key")
    INSTANCE_DEACTIVATED = "instance.deactivated", _("Instance deactivated")
    INSTANCE_REPLACED = "instance.replaced", _("Instance replaced")
    INSTANCE_LOST = "instance.lost", _("Instance declared lost")
    INSTANCE_CHANGED = "instance.changed", _("Instance renamed or noted")
    INSTANCE_OVERUSED = "instance.overused", _("More users than seats reported")
    REQUEST_HANDED_OVER = "activation_request.handed_over", _("Approval asked for")
    REQUEST_DENIED = "activation_request.denied", _("Activation denied")
    ENROLLMENT_MADE = "enrollment_token.made", _("Enrollment token made")
    ENROLLMENT_REVOKED = "enrollment_token.revoked", _("Enrollment token revoked")
