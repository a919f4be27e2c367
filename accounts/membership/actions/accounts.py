"""Making and changing business accounts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from accounts import audit
from accounts.audit.events import Event
from accounts.directory.models import BusinessAccount, Membership, User
from accounts.membership.actions import invitation_quota
from accounts.membership.actions.authority import acting, lock
from accounts.permissions import Permission, Role
from accounts.signals import account_created

_SAME_CLICK: Final = timedelta(minutes=1)
_BY_HAND: Final = BusinessAccount.Origin.SIGN_UP


@transaction.atomic
def create(*, name: str, by: User, now: datetime) -> Membership:
    """A new business account whose administrator is `by`; returns that membership.

    The same name again within a minute is a double click: the account just made is returned.
    Raises LimitReached after five in a day.
    """
    User.objects.select_for_update().get(pk=by.pk)
    made = Membership.objects.select_related("account").filter(
        user=by, account__name=name, account__created_at__gt=now - _SAME_CLICK
    )
    if twin := made.filter(role=Role.ADMINISTRATOR, account__origin=_BY_HAND).first():
        return twin
    invitation_quota.check_new_account(by=by, now=now)
    account = BusinessAccount.objects.create(
        name=name, slug=BusinessAccount.new_slug(name), created_at=now
    )
    membership = Membership.objects.create(
        account=account, user=by, role=Role.ADMINISTRATOR, created_at=now
    )
    audit.record(Event.ACCOUNT_CREATED, account=account, actor=by, now=now, subject=account)
    account_created.send(sender=BusinessAccount, account=account, by=by, now=now)
    return membership


@transaction.atomic
def rename(*, account: BusinessAccount, name: str, by: User, now: datetime) -> None:
    """Give the account another name; its address stays. Raises NotAllowed."""
    account_now = lock(account)
    acting(account_now, by, Permission.ACCOUNT_MANAGE)
    if account_now.name == name:
        return
    before, account_now.name = account_now.name, name
    account_now.save(update_fields=["name"])
    audit.record(
        Event.ACCOUNT_RENAMED, account=account_now, actor=by, now=now, subject=name, before=before
    )


@transaction.atomic
def change_settings(
    *,
    account: BusinessAccount,
    require_two_step: bool,
    joinable_by_domain: bool,
    by: User,
    now: datetime,
) -> None:
    """Set the two-step rule and whether colleagues at the domain may ask. Raises NotAllowed."""
    account_now = lock(account)
    acting(account_now, by, Permission.ACCOUNT_MANAGE)
    wanted = {"require_two_step": require_two_step, "joinable_by_domain": joinable_by_domain}
    changes = {field: on for field, on in wanted.items() if getattr(account_now, field) != on}
    if not changes:
        return
    for field, on in changes.items():
        setattr(account_now, field, on)
    account_now.save(update_fields=list(changes))
    audit.record(
        Event.ACCOUNT_SETTINGS_CHANGED,
        account=account_now,
        actor=by,
        now=now,
        subject=account_now,
        **changes,
    )
