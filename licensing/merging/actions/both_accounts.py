"""Both sides of a merge: their locks, who administers them, and their histories."""

from __future__ import annotations

from datetime import datetime

from accounts import audit
from accounts.directory.models import BusinessAccount, Membership, User
from accounts.directory.models.membership import MembershipQuerySet
from accounts.errors import AccountMerged
from accounts.membership.actions.authority import lock_both
from licensing.events import Event
from licensing.merging.models import Merge
from licensing.purchases.actions.pause import block_imports


def locked(one: BusinessAccount, other: BusinessAccount) -> tuple[BusinessAccount, BusinessAccount]:
    """Lock both accounts and keep imports away, which read a company's account before they write
    its licenses. Raises ImportRunning."""
    block_imports()
    return lock_both(one, other)


def locked_and_unmerged(
    one: BusinessAccount, other: BusinessAccount
) -> tuple[BusinessAccount, BusinessAccount]:
    """The same for two accounts that aren't merged. Raises AccountMerged, ImportRunning."""
    both = locked(one, other)
    if any(account.merged_into_id is not None for account in both):
        raise AccountMerged
    return both


def merge_already_done(source: BusinessAccount, target: BusinessAccount, *, by: User) -> Merge:
    """The merge that another click or another administrator has just carried out.

    Raises AccountMerged when it was another one, or `by` has no part in it.
    """
    done = Merge.objects.in_effect().filter(source=source, target=target)
    merge = done.select_related("source", "target").first()
    if merge is None or not administers(by, target):
        raise AccountMerged
    return merge


def administrators(*accounts: BusinessAccount) -> MembershipQuerySet:
    return Membership.objects.active().administrators().filter(account__in=accounts)


def administers(user: User, account: BusinessAccount) -> bool:
    return administrators(account).filter(user=user).exists()


def addresses(*accounts: BusinessAccount) -> list[str]:
    """Of those who administer one of them, each once."""
    found = administrators(*accounts).order_by("pk").values_list("user__email", flat=True)
    return list(dict.fromkeys(found))


def note(event: Event, merge: Merge, *, by: User, now: datetime, name: str = "") -> None:
    """An event in both accounts; the one that asked may not know the other one's name, and calls
    it `name`."""
    asking, asked = merge.asking, merge.asked
    audit.record(event, account=asking, actor=by, now=now, subject=name or asked.name)
    audit.record(event, account=asked, actor=by, now=now, subject=asking.name)
