"""Who acts, read under the account's lock: rights bite at once (SPEC 4.1)."""

from __future__ import annotations

from typing import Any

from django.db import models

from accounts.directory.models import BusinessAccount, Membership, User
from accounts.errors import AccountMerged, NotAllowed
from accounts.permissions import PackagePermission


def lock(account: BusinessAccount) -> BusinessAccount:
    """The account, locked until the transaction ends; every write about its people takes it.

    Raises AccountMerged: an account that was merged away is closed.
    """
    locked = BusinessAccount.objects.select_for_update().get(pk=account.pk)
    if locked.merged_into_id is not None:
        raise AccountMerged
    return locked


def lock_account_of(row: models.Model) -> BusinessAccount:
    """The account that `row` belongs to, locked.

    A merge (or its undo) can move the row while we wait for the lock: then it is followed.
    """
    known: Any = row
    home = known.account_id
    while True:
        locked = BusinessAccount.objects.select_for_update().get(pk=home)
        rows = type(known).objects.filter(pk=row.pk)
        home = rows.values_list("account", flat=True).first()
        if home in (locked.pk, None):
            return locked


def lock_both(
    one: BusinessAccount, other: BusinessAccount
) -> tuple[BusinessAccount, BusinessAccount]:
    """Both accounts, locked in the order of their ids, so that two who do this never deadlock.

    Rows about them may still be written by who needs no lock, such as events: these two locks
    leave keys that others refer to alone.
    """
    wanted = BusinessAccount.objects.filter(pk__in=[one.pk, other.pk]).order_by("pk")
    locked = {account.pk: account for account in wanted.select_for_update(no_key=True)}
    return locked[one.pk], locked[other.pk]


def only_staff(by: User) -> None:
    """Raise NotAllowed for a person who isn't, or is no longer, the vendor's staff."""
    if not by.is_staff or not by.is_active:
        raise NotAllowed


def acting(account: BusinessAccount, by: User, permission: PackagePermission) -> Membership:
    """The actor's membership as it is now; raises NotAllowed without the right."""
    membership = Membership.objects.active().filter(account=account, user=by).first()
    if membership is None or not membership.may(permission):
        raise NotAllowed
    return membership
