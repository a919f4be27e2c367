"""Moves everything that one business account holds to another one, and back. The caller holds both
locks.

Seats don't change: keys and activations keep their counts and only get a new account.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q

from accounts.directory.models import BusinessAccount, Membership
from accounts.directory.models.membership import MembershipQuerySet
from accounts.membership.models import Invitation, JoinRequest
from licensing.activation.models import ActivationRequest
from licensing.enrollment.models import EnrollmentToken
from licensing.licenses.models import Activation, Instance, License
from licensing.merging.reading.merge_plan import MergePlan, Person
from licensing.purchases.models import Buyer, Purchase

_AT_ONCE: Final = 5000  # ids in one statement


def move(
    plan: MergePlan, *, source: BusinessAccount, target: BusinessAccount, now: datetime
) -> None:
    """Give the target all that the plan says; the source keeps what would be there twice."""
    for rows, ids in _of_things(plan):
        _give(rows, ids, source, target)
    for running, still in plan.exchanged:
        _exchange(running, still, source, target)
    _give(Invitation.objects, plan.invitations, source, target)
    _give(JoinRequest.objects, plan.join_requests, source, target)
    for batch in _batches(plan.revoked):
        Invitation.objects.filter(pk__in=batch).update(revoked_at=now)
    for double in plan.doubles:
        Membership.objects.filter(pk=double.target).update(role=double.role_after)
    Membership.objects.filter(pk__in=[double.source for double in plan.doubles]).delete()
    _give(Membership.objects, [person.pk for person in plan.moved_people], source, target)


def move_back(
    plan: MergePlan, *, source: BusinessAccount, target: BusinessAccount, merged_at: datetime
) -> None:
    """Give the source back what it had, and what came of that since: new instances under its keys,
    trials of its instances, tokens for its keys, purchases of its buyers. People are again who
    they were there.

    Who accepted an invitation or was answered since belongs to the target, which said so.
    """
    for rows, ids in _of_things(plan):
        _give(rows, ids, target, source)
    for running, still in plan.exchanged:
        _exchange(running, still, target, source)
    _bring_descendants(source, target, merged_at)
    unanswered = Invitation.objects.exclude(
        Q(accepted_at__gt=merged_at) | Q(declined_at__gt=merged_at)
    )
    _give(unanswered, plan.invitations, target, source)
    _give(JoinRequest.objects.waiting(), plan.join_requests, target, source)
    for batch in _batches(plan.revoked):
        ours = Invitation.objects.filter(pk__in=batch, revoked_at=merged_at)
        ours.update(revoked_at=None)
    for double in plan.doubles:
        raised = Membership.objects.filter(pk=double.target, role=double.role_after)
        raised.update(role=double.role_before)
    for person in plan.people:
        _restore(person, source)


def to_json(plan: MergePlan, administrators: MembershipQuerySet) -> dict[str, Any]:
    """What undoing needs to know, and who may undo besides the target's administrators."""
    users = administrators.order_by("pk").values_list("user", flat=True)
    return asdict(plan) | {"administrators": list(users)}


def _of_things(plan: MergePlan) -> list[tuple[Any, list[int]]]:
    return [
        (License.objects, plan.licenses),
        (Buyer.objects, plan.buyers),
        (EnrollmentToken.objects, plan.enrollment_tokens),
        (ActivationRequest.objects, plan.activation_requests),
        (Instance.objects, plan.instances),
    ]


def _give(rows: Any, ids: Sequence[int], giver: BusinessAccount, taker: BusinessAccount) -> None:
    for batch in _batches(ids):
        rows.filter(pk__in=batch, account=giver).update(account=taker)


def _exchange(running: int, still: int, giver: BusinessAccount, taker: BusinessAccount) -> None:
    """Let two rows of one installation change places. An account holds it once, at each moment:
    the one that doesn't run goes by another name meanwhile."""
    pair = Instance.objects.filter(pk__in=[running, still])
    installation = pair.values_list("instance_id", flat=True)[0]
    Instance.objects.filter(pk=still, account=taker).update(account=giver, instance_id=uuid.uuid4())
    Instance.objects.filter(pk=running, account=giver).update(account=taker)
    Instance.objects.filter(pk=still).update(instance_id=installation)


def _bring_descendants(
    source: BusinessAccount, target: BusinessAccount, merged_at: datetime
) -> None:
    """What was made since the merge goes with what it was made of."""
    new = License.objects.filter(account=target, created_at__gt=merged_at)
    bought = Buyer.objects.filter(
        account=source,
        primary_email=OuterRef("primary_email"),
        company_key=OuterRef("company_key"),
    )
    purchases = Purchase.objects.filter(Exists(bought), created_at__gt=merged_at)
    new.filter(Q(trial_of__account=source) | Q(pk__in=purchases.values("license"))).update(
        account=source
    )
    tokens = EnrollmentToken.objects.filter(account=target, key__license__account=source)
    tokens.update(account=source)
    runs_there = Activation.objects.live().filter(
        instance=OuterRef("pk"), key__license__account=source
    )
    known = Instance.objects.filter(account=source).values("instance_id")
    instances = Instance.objects.filter(Exists(runs_there), account=target)
    instances = instances.filter(first_seen_at__gt=merged_at).exclude(instance_id__in=known)
    instances.update(account=source)
    activations = Activation.objects.filter(instance__account=source)
    requests = ActivationRequest.objects.filter(account=target, activation__in=activations)
    requests.update(account=source)


def _restore(person: Person, source: BusinessAccount) -> None:
    blocked_at = person.blocked_at and datetime.fromisoformat(person.blocked_at)
    as_it_was = {"account": source, "role": person.role, "blocked_at": blocked_at}
    if Membership.objects.filter(pk=person.pk).update(**as_it_was):
        return
    Membership.objects.create(
        pk=person.pk,
        public_id=uuid.UUID(person.public_id),
        user_id=person.user,
        wants_reminders=person.wants_reminders,
        created_at=datetime.fromisoformat(person.created_at),
        **as_it_was,
    )


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for at in range(0, len(ids), _AT_ONCE):
        yield ids[at : at + _AT_ONCE]
