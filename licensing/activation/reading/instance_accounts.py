"""Which business account an instance belongs to (SPEC A4), for pages and before writes."""

from __future__ import annotations

from django.db.models import OuterRef, QuerySet, Subquery

from accounts.directory.models import BusinessAccount, Membership, User
from licensing.activation.rules.installation import Installation
from licensing.licenses.models import Instance


def account_of_installation(*, by: User, installation: Installation) -> BusinessAccount | None:
    """The account of `by` that knows the installation, else the account with their oldest instance.

    None when none of their accounts has instances.
    """
    known = _instances_of(by).filter(instance_id=installation.instance_id)
    found = (
        known.filter(activations__isnull=False, activations__deactivated_at=None).first()
        or known.order_by("-heartbeat__last_seen_at", "pk").first()
    )
    return found.account if found else _account_of_oldest_instance(by)


def would_split_instances(
    *, by: User, account: BusinessAccount, installation: Installation
) -> BusinessAccount | None:
    """The account between which and `account` keys and instances would be split: the one that holds
    this installation, or the one with the company's instances while `account` has none. Else None.
    """
    here = Instance.objects.filter(account=account)
    if here.filter(instance_id=installation.instance_id).exists():
        return None
    home = account_of_installation(by=by, installation=installation)
    if home is None or home == account:
        return None
    same = Instance.objects.filter(account=home, instance_id=installation.instance_id)
    return home if same.exists() or not here.exists() else None


def _account_of_oldest_instance(by: User) -> BusinessAccount | None:
    """Each of the accounts is asked for its oldest instance: together, all would be sorted."""
    oldest = Instance.objects.filter(account=OuterRef("pk")).order_by("first_seen_at")
    mine = Membership.objects.active().filter(user=by).values("account")
    accounts = BusinessAccount.objects.filter(pk__in=mine).annotate(
        since=Subquery(oldest.values("first_seen_at")[:1])
    )
    return accounts.exclude(since=None).order_by("since", "pk").first()


def _instances_of(by: User) -> QuerySet[Instance]:
    mine = Membership.objects.active().filter(user=by)
    return Instance.objects.filter(account__memberships__in=mine).select_related("account")
