"""Audit events of licenses and whatever belongs to them: `noun.verb`, past tense, stable."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.audit.registry import declare


class Event(models.TextChoices):
    PURCHASE_EMAIL_CORRECTED = "purchase.email_corrected", _("Primary email corrected")
    LICENSE_ADDED = "license.added", _("License added")
    LICENSES_ADDED = "license.several_added", _("Licenses added")
    LICENSE_TRIAL_STARTED = "license.trial_started", _("Trial started")
    LICENSE_SUSPENDED = "license.suspended", _("License suspended")
    LICENSE_RESUMED = "license.resumed", _("License resumed")
    TRIALS_ALLOWED = "license.trials_allowed", _("Number of trials changed by staff")
    KEY_CUT = "key.cut", _("Key cut")
    KEY_RENAMED = "key.renamed", _("Key renamed")
    KEY_REVOKED = "key.revoked", _("Key revoked")
    KEY_SUCCEEDED = "key.succeeded", _("New primary key")
    KEY_REVEALED = "key.revealed", _("Key revealed")
    KEY_TRIED = "key.tried", _("Key of another account tried")
    KEY_TRIED_ELSEWHERE = "key.tried_elsewhere", _("Key tried in another account")
    INSTANCE_ACTIVATED = "instance.activated", _("Instance activated")
    INSTANCE_UPGRADED = "instance.upgraded", _("Instance upgraded")
    INSTANCE_MOVED = "instance.moved", _("Instance moved to another key")
    INSTANCE_REFRESHED = "instance.refreshed", _("License file renewed")
    INSTANCE_DEACTIVATED = "instance.deactivated", _("Instance deactivated")
    INSTANCE_REPLACED = "instance.replaced", _("Instance replaced")
    INSTANCE_LOST = "instance.lost", _("Instance declared lost")
    INSTANCE_CHANGED = "instance.changed", _("Instance renamed or noted")
    INSTANCE_OVERUSED = "instance.overused", _("More users than seats reported")
    REQUEST_HANDED_OVER = "activation_request.handed_over", _("Approval requested")
    REQUEST_DENIED = "activation_request.denied", _("Activation denied")
    REQUEST_LAPSED = "activation_request.lapsed", _("License never picked up by the console")
    REQUEST_WITHDRAWN = "activation_request.withdrawn", _("Approval withdrawn before collection")
    ENROLLMENT_MADE = "enrollment_token.made", _("Enrollment token created")
    ENROLLMENT_REVOKED = "enrollment_token.revoked", _("Enrollment token revoked")
    MERGE_PROPOSED = "merge.proposed", _("Merge proposed")
    MERGE_WITHDRAWN = "merge.withdrawn", _("Merge proposal withdrawn")
    MERGE_DISMISSED = "merge.dismissed", _("Not the same company")
    MERGE_DECLINED = "merge.declined", _("Merge declined")
    MERGED_HERE = "merge.here", _("Another account merged into this one")
    MERGED_AWAY = "merge.away", _("Merged into another account")
    MERGE_UNDONE = "merge.undone", _("Merge undone")


_SENTENCES: Final = {
    Event.PURCHASE_EMAIL_CORRECTED: _(
        "%(actor)s corrected the primary email of order %(subject)s from %(before)s to %(after)s"
    ),
    Event.LICENSE_ADDED: _("%(actor)s added the license %(subject)s"),
    Event.LICENSES_ADDED: _("%(actor)s added %(subject)s licenses"),
    Event.LICENSE_TRIAL_STARTED: _("%(actor)s started a trial for %(subject)s"),
    Event.LICENSE_SUSPENDED: _("%(actor)s suspended the license %(subject)s. Reason: %(reason)s"),
    Event.LICENSE_RESUMED: _("%(actor)s resumed the license %(subject)s. Reason: %(reason)s"),
    Event.TRIALS_ALLOWED: _(
        "%(actor)s allowed %(at_once)s trials at a time and %(a_year)s a year. Reason: %(reason)s"
    ),
    Event.KEY_CUT: _("%(actor)s cut the key %(subject)s from %(license)s"),
    Event.KEY_RENAMED: _("%(actor)s renamed the key %(before)s to %(subject)s"),
    Event.KEY_REVOKED: _("%(actor)s revoked the key %(subject)s"),
    Event.KEY_SUCCEEDED: _("%(subject)s became the primary key of %(license)s"),
    Event.KEY_REVEALED: _("%(actor)s viewed the whole key %(subject)s"),
    Event.KEY_TRIED: _(
        "%(actor)s tried to register the key %(subject)s of another business account"
    ),
    Event.KEY_TRIED_ELSEWHERE: _("Someone in %(other)s tried to register the key %(subject)s"),
    Event.INSTANCE_ACTIVATED: _("%(actor)s activated %(subject)s with the key %(key)s"),
    Event.INSTANCE_UPGRADED: _("%(actor)s upgraded %(subject)s to version %(version)s"),
    Event.INSTANCE_MOVED: _("%(actor)s moved %(subject)s to the key %(key)s"),
    Event.INSTANCE_REFRESHED: _("%(actor)s renewed the license file of %(subject)s"),
    Event.INSTANCE_DEACTIVATED: _("%(actor)s deactivated %(subject)s"),
    Event.INSTANCE_REPLACED: _("%(actor)s replaced %(subject)s by %(successor)s"),
    Event.INSTANCE_LOST: _("%(actor)s declared %(subject)s lost"),
    Event.INSTANCE_CHANGED: _("%(actor)s changed the name or note of %(subject)s"),
    Event.INSTANCE_OVERUSED: _(
        "%(subject)s reported %(peak)s concurrent users, more than its %(seats)s seats"
    ),
    Event.REQUEST_HANDED_OVER: _("%(actor)s asked for approval to activate %(subject)s"),
    Event.REQUEST_DENIED: _("%(actor)s denied the activation of %(subject)s"),
    Event.REQUEST_LAPSED: _("%(subject)s never picked up its license, and its seat is free again"),
    Event.REQUEST_WITHDRAWN: _(
        "The approval of %(subject)s was withdrawn before its console picked it up, and its "
        "seat is free again. %(why)s"
    ),
    Event.ENROLLMENT_MADE: _("%(actor)s created the enrollment token %(subject)s"),
    Event.ENROLLMENT_REVOKED: _("%(actor)s revoked the enrollment token %(subject)s"),
    Event.MERGE_PROPOSED: _("%(actor)s proposed to merge this account with %(subject)s"),
    Event.MERGE_WITHDRAWN: _("%(actor)s withdrew the proposal to merge with %(subject)s"),
    Event.MERGE_DISMISSED: _("%(actor)s said that %(subject)s is a different company"),
    Event.MERGE_DECLINED: _("%(actor)s declined to merge with %(subject)s"),
    Event.MERGED_HERE: _("%(actor)s merged %(subject)s into this account"),
    Event.MERGED_AWAY: _("%(actor)s merged this account into %(subject)s"),
    Event.MERGE_UNDONE: _("%(actor)s undid the merge with %(subject)s"),
}
_KINDS: Final = {
    "license": _("Licenses"),
    "key": _("Keys"),
    "instance": _("Instances"),
    "activation_request": _("Activation requests"),
    "enrollment_token": _("Enrollment tokens"),
    "merge": _("Merging"),
}
declare(Event, sentences=_SENTENCES, kinds=_KINDS)
