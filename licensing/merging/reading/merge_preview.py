"""A merge plan line by line, read from the rows that it names, before or after the merge."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.directory.models import BusinessAccount, User
from accounts.membership.models import Invitation, JoinRequest
from accounts.permissions import Role
from licensing.activation.models import ActivationRequest
from licensing.activation.models.activation_request import Status
from licensing.enrollment.models import EnrollmentToken
from licensing.licenses.models import Instance, License
from licensing.merging.reading.merge_plan import MergePlan, SharedMember
from licensing.purchases.models import Buyer

_MAX_NAMED: Final = 10


@dataclass(frozen=True)
class PreviewLine:
    """One kind of thing: how many there are, the first ones by name, and how many more."""

    title: str
    items: Sequence[str] = ()
    more: int = 0
    note: str = ""


def lines(plan: MergePlan, source: str, target: str) -> Iterator[PreviewLine]:
    """What moves from the account called `source` to `target`, and what becomes of the rest."""
    yield from _owned(plan)
    yield from _twice(plan, source, target)
    yield from _people(plan, target)
    yield from _invited(plan, target)
    yield from _waiting(plan)


def second_steps(source: BusinessAccount, target: BusinessAccount) -> PreviewLine | None:
    """Who comes along and can't get in before they set up two-step sign-in, as the target wants;
    or that nobody has to any more, since only the source wanted it."""
    if not target.require_two_step:
        return _no_second_steps() if source.require_two_step else None
    coming = source.memberships.active().exclude(user__memberships__account=target)
    without = coming.without_second_step().select_related("user").order_by("user__name", "pk")
    people = [str(membership.user) for membership in without]
    if not people:
        return None
    title = ngettext(
        "%(count)d person needs a second step", "%(count)d people need a second step", len(people)
    )
    note = ngettext(
        "%(target)s requires two-step sign-in. Anyone without it has to set it up on their "
        "next visit before they can see the account.",
        "%(target)s requires two-step sign-in. Those without it have to set it up on their "
        "next visit before they can see the account.",
        len(people),
    )
    return _line(title, people, people[:_MAX_NAMED], note % {"target": target})


def _no_second_steps() -> PreviewLine:
    title = _("Two-step sign-in is no longer required")
    note = _(
        "Only the account being closed requires it. Turn it on in the settings of the other one."
    )
    return PreviewLine(title, note=note)


def _owned(plan: MergePlan) -> Iterator[PreviewLine]:
    if plan.licenses:
        title = ngettext("%(count)d license", "%(count)d licenses", len(plan.licenses))
        keys = ngettext("%(count)d key moves with it.", "%(count)d keys move with it.", plan.keys)
        rows = License.objects.order_by("pk")
        named = [
            _("%(license)s: %(taken)d of %(seats)d seats in use")
            % {"license": each, "taken": each.seats_taken, "seats": each.seats}
            for each in _first(rows, plan.licenses)
        ]
        yield _line(title, plan.licenses, named, keys % {"count": plan.keys})
    instances = [*plan.instances, *(running for running, _still in plan.exchanged)]
    if instances:
        title = ngettext("%(count)d instance", "%(count)d instances", len(instances))
        named = [each.name for each in _first(Instance.objects.order_by("pk"), instances)]
        yield _line(
            title, instances, named, _("Running instances keep running, with their history.")
        )
    if plan.buyers:
        title = ngettext("%(count)d buyer", "%(count)d buyers", len(plan.buyers))
        named = [each.primary_email for each in _first(Buyer.objects.order_by("pk"), plan.buyers)]
        yield _line(title, plan.buyers, named, _("What they buy later goes there too."))


def _twice(plan: MergePlan, source: str, target: str) -> Iterator[PreviewLine]:
    if plan.exchanged:
        pairs = plan.exchanged
        title = ngettext(
            "%(count)d instance is known in both, and runs in %(source)s",
            "%(count)d instances are known in both, and run in %(source)s",
            len(pairs),
        )
        kept = [running for running, _still in pairs]
        named = [each.name for each in _first(Instance.objects.order_by("pk"), kept)]
        note = _("%(target)s gets the running ones. Its own ended entries are archived.")
        yield _line(title, pairs, named, note % {"target": target}, source=source)
    if plan.staying:
        title = ngettext(
            "%(count)d ended instance of %(source)s is also known in %(target)s",
            "%(count)d ended instances of %(source)s are also known in %(target)s",
            len(plan.staying),
        )
        named = [each.name for each in _first(Instance.objects.order_by("pk"), plan.staying)]
        note = _("The entries of %(target)s stay. These are archived.") % {"target": target}
        yield _line(title, plan.staying, named, note, source=source, target=target)


def _people(plan: MergePlan, target: str) -> Iterator[PreviewLine]:
    users = User.objects.in_bulk([person.user for person in plan.people[:200]])
    moved = plan.moved_people
    if moved:
        title = ngettext(
            "%(count)d person becomes a member of %(target)s",
            "%(count)d people become members of %(target)s",
            len(moved),
        )
        named = [
            _with_role(users.get(person.user), person.role, blocked=bool(person.blocked_at))
            for person in moved[:_MAX_NAMED]
        ]
        yield _line(title, moved, named, target=target)
    if plan.doubles:
        title = ngettext(
            "%(count)d person belongs to both and keeps the higher role",
            "%(count)d people belong to both and keep the higher role",
            len(plan.doubles),
        )
        whose = {person.pk: users.get(person.user) for person in plan.people}
        named = [_role_kept(whose.get(each.source), each) for each in plan.doubles[:_MAX_NAMED]]
        yield _line(title, plan.doubles, named)


def _invited(plan: MergePlan, target: str) -> Iterator[PreviewLine]:
    invitations = Invitation.objects.order_by("pk")
    moved = invitations.open().filter(pk__in=plan.invitations)
    if found := list(moved.values_list("email_display", flat=True)):
        title = ngettext(
            "%(count)d open invitation leads to %(target)s",
            "%(count)d open invitations lead to %(target)s",
            len(found),
        )
        yield _line(title, found, found[:_MAX_NAMED], target=target)
    if plan.revoked:
        title = ngettext(
            "%(count)d invitation ends because %(target)s already has or invited the person",
            "%(count)d invitations end because %(target)s already has or invited the people",
            len(plan.revoked),
        )
        named = [each.email_display for each in _first(invitations, plan.revoked)]
        yield _line(title, plan.revoked, named, target=target)


def _waiting(plan: MergePlan) -> Iterator[PreviewLine]:
    """Of what waits for somebody; what was answered moves along without a word."""
    if plan.join_requests:
        title = ngettext(
            "%(count)d request to join", "%(count)d requests to join", len(plan.join_requests)
        )
        rows = _first(JoinRequest.objects.order_by("pk"), plan.join_requests)
        yield _line(title, plan.join_requests, [each.email_display for each in rows])
    tokens = EnrollmentToken.objects.filter(pk__in=plan.enrollment_tokens, revoked_at=None)
    if named := list(tokens.order_by("pk").values_list("name", flat=True)):
        title = ngettext("%(count)d enrollment token", "%(count)d enrollment tokens", len(named))
        yield _line(title, named, named[:_MAX_NAMED])
    pending = ActivationRequest.objects.filter(
        pk__in=plan.activation_requests, status=Status.PENDING
    )
    if named := list(pending.order_by("pk").values_list("instance_name", flat=True)):
        title = ngettext(
            "%(count)d console waiting for approval",
            "%(count)d consoles waiting for approval",
            len(named),
        )
        yield _line(title, named, named[:_MAX_NAMED])


def _line(
    title: str, all_of_it: Sequence[Any], named: Sequence[str], note: str = "", **words: object
) -> PreviewLine:
    words["count"] = len(all_of_it)
    return PreviewLine(title % words, named, len(all_of_it) - len(named), note)


def _first(rows: QuerySet[Any], ids: Sequence[int]) -> list[Any]:
    return list(rows.filter(pk__in=ids[:_MAX_NAMED]))


def _with_role(user: User | None, role: str, *, blocked: bool) -> str:
    words = {"email": user.email_display if user else "", "role": Role(role).label, "name": user}
    if blocked:
        return _("%(name)s (%(email)s): %(role)s, and stays blocked") % words
    return _("%(name)s (%(email)s): %(role)s") % words


def _role_kept(user: User | None, double: SharedMember) -> str:
    words = {"name": user, "role": Role(double.role_after).label}
    if double.role_after == double.role_before:
        return _("%(name)s stays: %(role)s") % words
    return _("%(name)s becomes: %(role)s") % words
