"""What a merge of one business account into another moves, read once for the preview and the
merge."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any, Self

from allauth.account.models import EmailAddress
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.directory.models import BusinessAccount, Membership
from accounts.membership.models import Invitation, JoinRequest
from accounts.permissions import GRANTS, Role
from licensing.activation.models import ActivationRequest
from licensing.enrollment.models import EnrollmentToken
from licensing.licenses.models import Activation, Instance, Key, License
from licensing.purchases.models import Buyer


@dataclass(frozen=True)
class Person:
    """A membership of the source as it was, fit to be made again."""

    pk: int
    public_id: str
    user: int
    role: str
    blocked_at: str | None
    wants_reminders: bool
    created_at: str


@dataclass(frozen=True)
class SharedMember:
    """Who belongs to both: the membership of the target stays, with the higher of both roles."""

    source: int
    target: int
    role_before: str
    role_after: str


@dataclass(frozen=True)
class MergePlan:
    """Ids of rows, by what becomes of them."""

    licenses: list[int]
    keys: int
    """How many live ones: they go with their licenses."""
    buyers: list[int]
    enrollment_tokens: list[int]
    activation_requests: list[int]
    instances: list[int]
    exchanged: list[tuple[int, int]]
    """Of one installation in both: the source's row, which runs, and the target's, which doesn't.
    They change places."""
    staying: list[int]
    """The source's rows of installations that the target knows and that don't run."""
    invitations: list[int]
    revoked: list[int]
    """Open invitations of the source to whom the target has invited, too, or already has."""
    join_requests: list[int]
    people: list[Person]
    doubles: list[SharedMember]

    @property
    def moved_people(self) -> list[Person]:
        doubles = {double.source for double in self.doubles}
        return [person for person in self.people if person.pk not in doubles]

    @property
    def digest(self) -> str:
        """The same while everything is as it was when somebody looked."""
        said = json.dumps(asdict(self), sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()[:32]

    @classmethod
    def from_json(cls, said: dict[str, Any]) -> Self:
        plan = {name: said[name] for name in cls.__dataclass_fields__}
        plan["exchanged"] = [(ours, theirs) for ours, theirs in plan["exchanged"]]
        plan["people"] = [Person(**person) for person in plan["people"]]
        plan["doubles"] = [SharedMember(**double) for double in plan["doubles"]]
        return cls(**plan)


def mergeable_plan(source: BusinessAccount, target: BusinessAccount) -> MergePlan:
    """The plan as things are now; call it under both locks to rely on it."""
    known = Instance.objects.filter(account=target, instance_id=OuterRef("instance_id"))
    instances = Instance.objects.filter(account=source)
    twice = instances.filter(Exists(known))
    runs = Exists(Activation.objects.live().filter(instance=OuterRef("pk")))
    open_here = source.invitations.open()
    pointless = _reached_by(target)
    return MergePlan(
        licenses=_ids(License.objects.filter(account=source)),
        keys=Key.objects.live().filter(license__account=source).count(),
        buyers=_ids(Buyer.objects.filter(account=source)),
        enrollment_tokens=_ids(EnrollmentToken.objects.filter(account=source)),
        activation_requests=_ids(ActivationRequest.objects.filter(account=source)),
        instances=_ids(instances.filter(~Exists(known))),
        exchanged=_exchanged(twice.filter(runs), target),
        staying=_ids(twice.filter(~runs)),
        invitations=_ids(source.invitations.exclude(pk__in=open_here.filter(pointless))),
        revoked=_ids(open_here.filter(pointless)),
        join_requests=_ids(_join_requests(source, target)),
        people=[_person(each) for each in source.memberships.order_by("pk")],
        doubles=_doubles(source, target),
    )


def alone(source: BusinessAccount) -> MergePlan:
    """What an account would give, without a look at who would get it."""
    return mergeable_plan(source, BusinessAccount(pk=0))


def _ids(rows: QuerySet[Any]) -> list[int]:
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _exchanged(running: QuerySet[Instance], target: BusinessAccount) -> list[tuple[int, int]]:
    ours = dict(running.order_by("pk").values_list("instance_id", "pk"))
    theirs = dict(
        Instance.objects.filter(account=target, instance_id__in=ours).values_list(
            "instance_id", "pk"
        )
    )
    return [(pk, theirs[installation]) for installation, pk in ours.items()]


def _reached_by(account: BusinessAccount) -> Q:
    """Invitations to whom the account has invited, too, or already has as a member."""
    invited = Invitation.objects.open().filter(account=account).values("email")
    members = Membership.objects.filter(account=account).values("user")
    proven = EmailAddress.objects.filter(user__in=members, verified=True).values("email")
    return Q(email__in=invited) | Q(email__in=proven)


def _join_requests(source: BusinessAccount, target: BusinessAccount) -> QuerySet[JoinRequest]:
    waiting = JoinRequest.objects.waiting()
    asked_there = waiting.filter(account=target).values("email")
    return waiting.filter(account=source).exclude(email__in=asked_there)


def _person(membership: Membership) -> Person:
    blocked_at = membership.blocked_at
    return Person(
        pk=membership.pk,
        public_id=str(membership.public_id),
        user=membership.user_id,
        role=membership.role,
        blocked_at=blocked_at.isoformat() if blocked_at else None,
        wants_reminders=membership.wants_reminders,
        created_at=membership.created_at.isoformat(),
    )


def _doubles(source: BusinessAccount, target: BusinessAccount) -> list[SharedMember]:
    there = {each.user_id: each for each in target.memberships.all()}
    return [
        SharedMember(
            source=here.pk,
            target=other.pk,
            role_before=other.role,
            role_after=_role_after(here, other),
        )
        for here in source.memberships.order_by("pk")
        if (other := there.get(here.user_id))
    ]


def _role_after(here: Membership, there: Membership) -> str:
    """The higher of both; whom one side keeps out gains nothing."""
    if here.blocked_at or there.blocked_at:
        return there.role
    return max((there.role, here.role), key=lambda role: len(GRANTS[Role(role)]))
