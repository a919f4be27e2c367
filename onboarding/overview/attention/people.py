"""What needs a person: requests to join, invitations that lead nowhere, lonely administrators."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.directory.models import BusinessAccount, Membership
from accounts.membership.models import Invitation
from accounts.membership.reading.invitation_outcome import (
    InvitationOutcome,
    outcome_of,
    with_outcome_facts,
)
from accounts.permissions import Role
from accounts.web.paging import MAX_COUNTED, CountUpTo, counted
from onboarding.overview.attention import Attention

_LOOKED_AT: Final = 200  # open invitations; more than two days' worth of the limit


@dataclass(frozen=True)
class People:
    """What is known of an account's people, each read once."""

    members: int
    administrators: int
    invitations: list[Invitation]
    requests: int
    now: datetime

    @property
    def counted(self) -> str:
        """How many members, as the page says it."""
        return counted(self.members)

    @property
    def invited_administrator(self) -> bool:
        return any(
            each.role == Role.ADMINISTRATOR and not each.has_expired(self.now)
            for each in self.invitations
        )


def read_people(account: BusinessAccount, *, now: datetime) -> People:
    """The account's people with their invitations, in two queries."""
    counts = BusinessAccount.objects.filter(pk=account.pk).values(**counts_of(account)).get()
    return people_of(account, counts, manages=True, now=now)


def counts_of(account: BusinessAccount) -> dict[str, CountUpTo]:
    """What `people_of` needs, as parts of a statement. All of it is bounded, and of administrators
    it matters only whether there are two."""
    administrators = Membership.objects.active().administrators()
    return {
        "members": CountUpTo(account.memberships.order_by("listed_as"), MAX_COUNTED + 1),
        "administrators": CountUpTo(administrators.filter(account=account).by_age(), 2),
        "requests": CountUpTo(account.join_requests.waiting(), MAX_COUNTED + 1),
    }


def people_of(
    account: BusinessAccount, counts: Mapping[str, Any], *, manages: bool, now: datetime
) -> People:
    """The account's people by their counts; invitations and requests only for those who manage
    them."""
    return People(
        members=counts["members"],
        administrators=counts["administrators"],
        invitations=_open_invitations(account) if manages else [],
        requests=counts["requests"] if manages else 0,
        now=now,
    )


def of_people(account: BusinessAccount, people: People, *, told: bool) -> Iterator[Attention]:
    """Requests to join, invitations that lead nowhere, and an account that hangs on one person.

    `told`: the first steps of a new account say the last one already.
    """
    members = reverse("member_list", kwargs={"slug": account.slug})
    if people.requests:
        text = ngettext(
            "%(count)s person asks to join.", "%(count)s people ask to join.", people.requests
        )
        text %= {"count": counted(people.requests)}
        yield Attention("notice", text, _("Answer"), f"{members}#requests")
    yield from _undelivered(account, people)
    if people.administrators == 1 and not told and not people.invited_administrator:
        yield Attention(
            "notice",
            _(
                "%(account)s has only one administrator. If that person loses access, nobody "
                "can let others in."
            )
            % {"account": account},
            _("Invite an administrator"),
            reverse("member_invite", kwargs={"slug": account.slug}) + "?role=administrator",
            is_advice=True,
        )


def _undelivered(account: BusinessAccount, people: People) -> Iterator[Attention]:
    """One line for each way in which invitations lead nowhere."""
    by_outcome: dict[InvitationOutcome, list[Invitation]] = {}
    for invitation in people.invitations:
        outcome = outcome_of(invitation, people.now)
        if outcome.needs_a_person:
            by_outcome.setdefault(outcome, []).append(invitation)
    for outcome, found in by_outcome.items():
        text = _trouble(outcome, len(found)) % {
            "count": len(found),
            "emails": some_of([each.email_display for each in found]),
        }
        yield Attention(outcome.kind, text, *_remedy(account, outcome, found))


def _remedy(
    account: BusinessAccount, outcome: InvitationOutcome, found: list[Invitation]
) -> tuple[str, str]:
    """The button and where it leads: to the right address at once, if it is about one."""
    if outcome in (InvitationOutcome.BOUNCED, InvitationOutcome.FAILED) and len(found) == 1:
        kwargs = {"slug": account.slug, "public_id": found[0].public_id}
        return _("Fix the address"), reverse("invitation_correct", kwargs=kwargs)
    button = (
        _("Send again")
        if outcome in (InvitationOutcome.EXPIRED, InvitationOutcome.SUSPENDED)
        else _("Show the invitations")
    )
    return button, reverse("member_list", kwargs={"slug": account.slug}) + "#invitations"


def _trouble(outcome: InvitationOutcome, count: int) -> str:
    if outcome is InvitationOutcome.BOUNCED:
        return ngettext(
            "The invitation to %(emails)s bounced.",
            "%(count)d invitations bounced: %(emails)s.",
            count,
        )
    if outcome is InvitationOutcome.FAILED:
        return ngettext(
            "The invitation to %(emails)s couldn't be sent.",
            "%(count)d invitations couldn't be sent: %(emails)s.",
            count,
        )
    if outcome is InvitationOutcome.SUSPENDED:
        return ngettext(
            "The invitation to %(emails)s is suspended. Whoever sent it can no longer grant "
            "the role.",
            "%(count)d invitations are suspended because whoever sent them can no longer "
            "grant the role: %(emails)s.",
            count,
        )
    return ngettext(
        "The invitation to %(emails)s expired.",
        "%(count)d invitations expired: %(emails)s.",
        count,
    )


def some_of(addresses: list[str]) -> str:
    shown = ", ".join(addresses[:3])
    if len(addresses) <= 3:
        return shown
    return _("%(emails)s and %(count)d more") % {"emails": shown, "count": len(addresses) - 3}


def _open_invitations(account: BusinessAccount) -> list[Invitation]:
    return list(
        with_outcome_facts(account.invitations.open()).order_by("-sent_at", "-pk")[:_LOOKED_AT]
    )
