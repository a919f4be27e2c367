"""The overview of a business account: first what needs a person, then what is owned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from allauth.mfa.utils import is_mfa_enabled
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts import access
from accounts.access import MemberRequest
from accounts.models import BusinessAccount, Invitation, Membership
from accounts.models.fate import Fate, fate_of, with_facts
from accounts.permissions import Permission, Role

NEW_FOR: Final = timedelta(days=30)
_LOOKED_AT: Final = 200  # open invitations; more than two days' worth of the limit


@dataclass(frozen=True)
class Attention:
    """Something that waits for a person, and the button that deals with it."""

    kind: str
    text: str
    button: str
    url: str


@dataclass(frozen=True)
class FirstStep:
    """One step of a new account's list; it ticks itself off."""

    done: bool
    title: str
    why: str
    button: str = ""
    url: str = ""


@dataclass(frozen=True)
class Facts:
    """What the overview is made from, each read once."""

    members: int
    administrators: int
    invitations: list[Invitation]
    requests: int
    has_two_step: bool
    now: datetime

    @property
    def invited_administrator(self) -> bool:
        return any(
            each.role == Role.ADMINISTRATOR and not each.has_expired(self.now)
            for each in self.invitations
        )


@access.requires(Permission.ACCOUNT_VIEW)
@require_safe
def overview(request: MemberRequest) -> HttpResponse:
    """What needs a person, the first steps of a new account, products, licenses, instances."""
    membership, now = request.membership, timezone.now()
    account = membership.account
    facts = _facts(request, account, now)
    manages = membership.may_manage_members
    is_new = manages and account.created_at > now - NEW_FOR
    steps = list(_first_steps(account, facts)) if is_new else []
    if all(step.done for step in steps):
        steps = []
    context = {
        "account": account,
        "attention": list(_attention(account, facts, told=bool(steps))) if manages else [],
        "steps": steps,
        "steps_left": sum(not step.done for step in steps),
        "facts": facts,
        "role": Role(membership.role),
    }
    return render(request, "onboarding/overview.html", context)


def _facts(request: MemberRequest, account: BusinessAccount, now: datetime) -> Facts:
    active = Q(blocked_at=None, user__is_active=True)
    people = Membership.objects.filter(account=account).aggregate(
        members=Count("pk"), administrators=Count("pk", filter=active & Q(role=Role.ADMINISTRATOR))
    )
    manages = request.membership.may_manage_members
    return Facts(
        members=people["members"],
        administrators=people["administrators"],
        invitations=_open_invitations(account) if manages else [],
        requests=account.join_requests.waiting().count() if manages else 0,
        has_two_step=is_mfa_enabled(request.user),
        now=now,
    )


def _open_invitations(account: BusinessAccount) -> list[Invitation]:
    return list(with_facts(account.invitations.open()).order_by("-sent_at", "-pk")[:_LOOKED_AT])


def _attention(account: BusinessAccount, facts: Facts, *, told: bool) -> Iterator[Attention]:
    members = reverse("member_list", kwargs={"slug": account.slug})
    if facts.requests:
        text = ngettext(
            "%(count)d person asks to join.", "%(count)d people ask to join.", facts.requests
        )
        text %= {"count": facts.requests}
        yield Attention("notice", text, _("Answer"), f"{members}#requests")
    yield from _undelivered(facts, members)
    # A new account's first steps say it already.
    if facts.administrators == 1 and not told and not facts.invited_administrator:
        yield Attention(
            "notice",
            _(
                "%(account)s has one administrator only. If that person loses access, "
                "nobody can let others in."
            )
            % {"account": account},
            _("Invite an administrator"),
            reverse("member_invite", kwargs={"slug": account.slug}) + "?role=administrator",
        )


def _undelivered(facts: Facts, members: str) -> Iterator[Attention]:
    """One line for each way in which invitations lead nowhere."""
    by_fate: dict[Fate, list[str]] = {}
    for invitation in facts.invitations:
        fate = fate_of(invitation, facts.now)
        if fate.needs_a_person:
            by_fate.setdefault(fate, []).append(invitation.email_display)
    for fate, addresses in by_fate.items():
        text = _trouble(fate, len(addresses)) % {
            "count": len(addresses),
            "emails": _some_of(addresses),
        }
        button = _("Send again") if fate in (Fate.EXPIRED, Fate.SUSPENDED) else _("Look at it")
        yield Attention(fate.kind, text, button, f"{members}#invitations")


def _trouble(fate: Fate, count: int) -> str:
    if fate is Fate.BOUNCED:
        return ngettext(
            "The invitation to %(emails)s bounced: the mail came back.",
            "%(count)d invitations bounced: the mails to %(emails)s came back.",
            count,
        )
    if fate is Fate.FAILED:
        return ngettext(
            "The invitation to %(emails)s couldn't be sent.",
            "%(count)d invitations couldn't be sent: %(emails)s.",
            count,
        )
    if fate is Fate.SUSPENDED:
        return ngettext(
            "The invitation to %(emails)s is suspended: who sent it can't grant the role any more.",
            "%(count)d invitations are suspended, since who sent them can't grant the role any "
            "more: %(emails)s.",
            count,
        )
    return ngettext(
        "The invitation to %(emails)s expired.",
        "%(count)d invitations expired: %(emails)s.",
        count,
    )


def _some_of(addresses: list[str]) -> str:
    shown = ", ".join(addresses[:3])
    if len(addresses) <= 3:
        return shown
    return _("%(emails)s and %(count)d more") % {"emails": shown, "count": len(addresses) - 3}


def _first_steps(account: BusinessAccount, facts: Facts) -> Iterator[FirstStep]:
    invite = reverse("member_invite", kwargs={"slug": account.slug})
    yield FirstStep(True, _("Name the business account"), _("It's called %s.") % account)
    yield FirstStep(
        facts.has_two_step,
        _("Turn on two-step sign-in"),
        _("A stolen password alone then opens nothing."),
        _("Turn on"),
        reverse("mfa_index"),
    )
    yield FirstStep(
        facts.administrators > 1 or facts.invited_administrator,
        _("Invite a second administrator"),
        _("If you lose access, someone else can let you in again."),
        _("Invite"),
        f"{invite}?role=administrator",
    )
    yield FirstStep(
        facts.members > 1 or bool(facts.invitations),
        _("Invite colleagues"),
        _("Those who manage licenses or look after servers see what they need, and no more."),
        _("Invite"),
        invite,
    )
