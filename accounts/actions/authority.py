"""Who acts, read under the account's lock: rights bite at once (SPEC 4.1)."""

from __future__ import annotations

from accounts.errors import NotAllowed
from accounts.models import BusinessAccount, Membership, User
from accounts.permissions import Permission


def lock(account: BusinessAccount) -> BusinessAccount:
    """The account, locked until the transaction ends; every write about its people takes it."""
    return BusinessAccount.objects.select_for_update().get(pk=account.pk)


def acting(account: BusinessAccount, by: User, permission: Permission) -> Membership:
    """The actor's membership as it is now; raises NotAllowed without the right."""
    membership = Membership.objects.active().filter(account=account, user=by).first()
    if membership is None or not membership.may(permission):
        raise NotAllowed
    return membership
