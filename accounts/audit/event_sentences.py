"""The audit log in sentences that a person can read."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.audit.events import Event
from accounts.audit.models import AuditEvent
from accounts.permissions import Role

_SENTENCES: Final = {
    Event.ACCOUNT_CREATED: gettext_lazy("%(actor)s created the business account %(subject)s"),
    Event.ACCOUNT_RENAMED: gettext_lazy("%(actor)s renamed the account %(before)s to %(subject)s"),
    Event.MEMBER_JOINED: gettext_lazy("%(subject)s joined as %(role)s"),
    Event.MEMBER_ROLE_CHANGED: gettext_lazy(
        "%(actor)s changed the role of %(subject)s from %(before)s to %(after)s"
    ),
    Event.MEMBER_BLOCKED: gettext_lazy("%(actor)s blocked %(subject)s"),
    Event.MEMBER_UNBLOCKED: gettext_lazy("%(actor)s unblocked %(subject)s"),
    Event.MEMBER_REMOVED: gettext_lazy("%(actor)s removed %(subject)s, who was %(role)s"),
    Event.MEMBER_LEFT: gettext_lazy("%(subject)s left, who was %(role)s"),
    Event.INVITATION_SENT: gettext_lazy("%(actor)s invited %(subject)s as %(role)s"),
    Event.INVITATION_RESENT: gettext_lazy("%(actor)s sent the invitation to %(subject)s again"),
    Event.INVITATION_ACCEPTED: gettext_lazy("%(actor)s accepted the invitation to %(subject)s"),
    Event.INVITATION_DECLINED: gettext_lazy("The invitation to %(subject)s was declined"),
    Event.INVITATION_REVOKED: gettext_lazy("%(actor)s revoked the invitation to %(subject)s"),
    Event.INVITATION_RENEWAL_ASKED: gettext_lazy("%(subject)s asked for a new invitation"),
    Event.JOIN_REQUESTED: gettext_lazy("%(subject)s asked to join"),
    Event.JOIN_APPROVED: gettext_lazy(
        "%(actor)s approved the request of %(subject)s to join as %(role)s"
    ),
    Event.JOIN_DECLINED: gettext_lazy("%(actor)s declined the request of %(subject)s to join"),
    Event.MAIL_CANCELLED: gettext_lazy("%(actor)s took a waiting mail to %(subject)s back"),
    Event.SESSIONS_ENDED: gettext_lazy("%(actor)s signed %(subject)s out everywhere"),
    Event.PERSON_DISABLED: gettext_lazy("%(actor)s disabled the sign-in of %(subject)s"),
    Event.PERSON_ENABLED: gettext_lazy("%(actor)s enabled the sign-in of %(subject)s"),
    Event.CHANGE_DISOWNED: gettext_lazy(
        "%(subject)s reported a change of their sign-in that wasn't theirs, and was signed out"
        " everywhere"
    ),
    Event.RECOVERY_ASKED: gettext_lazy(
        "%(subject)s lost their second step and asked the administrators for help"
    ),
    Event.RECOVERY_STARTED: gettext_lazy(
        "%(actor)s started the recovery of %(subject)s's second step"
    ),
    Event.RECOVERY_APPROVED: gettext_lazy(
        "%(actor)s approved the recovery of %(subject)s's second step"
    ),
    Event.RECOVERY_STOPPED: gettext_lazy("The recovery of %(subject)s's second step was stopped"),
    Event.RECOVERY_COMPLETED: gettext_lazy("The second step of %(subject)s was removed"),
    Event.PURCHASE_EMAIL_CORRECTED: gettext_lazy(
        "%(actor)s corrected the primary email of order %(subject)s from %(before)s to %(after)s"
    ),
    Event.CLAIM_MADE: gettext_lazy("%(actor)s claimed to become administrator"),
    Event.CLAIM_OBJECTED: gettext_lazy("%(actor)s objected to the claim of %(subject)s"),
    Event.CLAIM_WITHDRAWN: gettext_lazy("%(actor)s withdrew the claim"),
    Event.CLAIM_GRANTED: gettext_lazy("%(actor)s made %(subject)s an administrator by claim"),
    Event.CLAIM_DECLINED: gettext_lazy("%(actor)s declined the claim of %(subject)s"),
    Event.LICENSE_ADDED: gettext_lazy("%(actor)s added the license %(subject)s"),
    Event.LICENSES_ADDED: gettext_lazy("%(actor)s added %(subject)s licenses"),
    Event.LICENSE_TRIAL_STARTED: gettext_lazy("%(actor)s started a trial for %(subject)s"),
    Event.LICENSE_SUSPENDED: gettext_lazy(
        "%(actor)s suspended the license %(subject)s. Reason: %(reason)s"
    ),
    Event.LICENSE_RESUMED: gettext_lazy(
        "%(actor)s let the license %(subject)s run again. Reason: %(reason)s"
    ),
    Event.TRIALS_ALLOWED: gettext_lazy(
        "%(actor)s allowed %(at_once)s trials at a time and %(a_year)s a year. Reason: %(reason)s"
    ),
    Event.KEY_CUT: gettext_lazy("%(actor)s cut the key %(subject)s from %(license)s"),
    Event.KEY_RENAMED: gettext_lazy("%(actor)s renamed the key %(before)s to %(subject)s"),
    Event.KEY_REVOKED: gettext_lazy("%(actor)s revoked the key %(subject)s"),
    Event.KEY_SUCCEEDED: gettext_lazy("%(subject)s became the primary key of %(license)s"),
    Event.KEY_REVEALED: gettext_lazy("%(actor)s looked at the whole key %(subject)s"),
    Event.KEY_TRIED: gettext_lazy(
        "%(actor)s tried to register the key %(subject)s of another business account"
    ),
    Event.KEY_TRIED_ELSEWHERE: gettext_lazy(
        "Somebody in %(other)s tried to register the key %(subject)s"
    ),
    Event.INSTANCE_ACTIVATED: gettext_lazy("%(actor)s activated %(subject)s with the key %(key)s"),
    Event.INSTANCE_UPGRADED: gettext_lazy("%(actor)s upgraded %(subject)s to version %(version)s"),
    Event.INSTANCE_MOVED: gettext_lazy("%(actor)s moved %(subject)s to the key %(key)s"),
    Event.INSTANCE_REFRESHED: gettext_lazy("%(actor)s renewed the license file of %(subject)s"),
    Event.INSTANCE_DEACTIVATED: gettext_lazy("%(actor)s deactivated %(subject)s"),
    Event.INSTANCE_REPLACED: gettext_lazy("%(actor)s replaced %(subject)s by %(successor)s"),
    Event.INSTANCE_LOST: gettext_lazy("%(actor)s declared %(subject)s lost"),
    Event.INSTANCE_CHANGED: gettext_lazy("%(actor)s changed the name or note of %(subject)s"),
    Event.INSTANCE_OVERUSED: gettext_lazy(
        "%(subject)s reported %(peak)s users at once, more than its %(seats)s seats"
    ),
    Event.REQUEST_HANDED_OVER: gettext_lazy("%(actor)s asked for approval to activate %(subject)s"),
    Event.REQUEST_DENIED: gettext_lazy("%(actor)s denied the activation of %(subject)s"),
    Event.REQUEST_LAPSED: gettext_lazy(
        "%(subject)s never collected its approval, and its seat is free again"
    ),
    Event.REQUEST_WITHDRAWN: gettext_lazy(
        "The approval of %(subject)s was withdrawn before its console came, and its seat is free "
        "again. %(why)s"
    ),
    Event.ENROLLMENT_MADE: gettext_lazy("%(actor)s made the enrollment token %(subject)s"),
    Event.ENROLLMENT_REVOKED: gettext_lazy("%(actor)s revoked the enrollment token %(subject)s"),
    Event.MERGE_PROPOSED: gettext_lazy("%(actor)s proposed to merge this account with %(subject)s"),
    Event.MERGE_WITHDRAWN: gettext_lazy(
        "%(actor)s took the proposal to merge with %(subject)s back"
    ),
    Event.MERGE_DISMISSED: gettext_lazy("%(actor)s said that %(subject)s is another company"),
    Event.MERGE_DECLINED: gettext_lazy("%(actor)s declined to merge with %(subject)s"),
    Event.MERGED_HERE: gettext_lazy("%(actor)s merged %(subject)s into this account"),
    Event.MERGED_AWAY: gettext_lazy("%(actor)s merged this account into %(subject)s"),
    Event.MERGE_UNDONE: gettext_lazy("%(actor)s undid the merge with %(subject)s"),
}
_SETTINGS: Final = {
    ("require_two_step", True): gettext_lazy("%(actor)s made two-step sign-in a must for everyone"),
    ("require_two_step", False): gettext_lazy("%(actor)s made two-step sign-in voluntary"),
    ("joinable_by_domain", True): gettext_lazy("%(actor)s let colleagues ask to join"),
    ("joinable_by_domain", False): gettext_lazy("%(actor)s stopped letting colleagues ask to join"),
}


def sentences(event: AuditEvent) -> list[str]:
    """What happened, one sentence for each thing; plain where this release knows no sentence."""
    if event.event == Event.ACCOUNT_SETTINGS_CHANGED:
        known = [_SETTINGS[item] for item in event.details.items() if item in _SETTINGS]
        if known:
            return [str(sentence) % {"actor": event.actor_name} for sentence in known]
    words = {"actor": event.actor_name, "subject": event.subject} | {
        name: _word(name, value) for name, value in event.details.items()
    }
    try:
        return [str(_SENTENCES[Event(event.event)]) % words]
    except (KeyError, ValueError):
        plain = (
            _("%(actor)s: %(event)s")
            if not event.subject
            else _("%(actor)s: %(event)s, %(subject)s")
        )
        return [plain % {**words, "event": event.label}]


def _word(name: str, value: object) -> str:
    if name in ("role", "before", "after") and value in Role.values:
        return str(Role(value).label)
    return str(value)
