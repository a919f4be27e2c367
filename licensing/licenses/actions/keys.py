"""Actions on the keys of a license: cut, rename, revoke, reveal."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts import audit
from accounts.directory.models import BusinessAccount, User
from accounts.membership.actions.authority import acting, lock_account_of
from licensing.events import Event
from licensing.licenses.actions import seats
from licensing.licenses.errors import KeyInUse, KeyRevoked
from licensing.licenses.models import Key, License
from licensing.licenses.rules import key_codes
from licensing.permissions import LicensingPermission


@transaction.atomic
def cut(*, license: License, reserved: int, name: str, by: User, now: datetime) -> Key:
    """Create a key that reserves `reserved` seats of the license. Raises NotAllowed,
    NotEnoughSeats."""
    account = _locked(license, by)
    license.refresh_from_db()
    seats.reserve(license, reserved)
    key = Key.objects.create(
        license=license,
        code=key_codes.new_code(),
        name=name,
        reserved=reserved,
        created_at=now,
        created_by=by,
    )
    audit.record(
        Event.KEY_CUT,
        account=account,
        actor=by,
        now=now,
        subject=key,
        license=license.name,
        seats=reserved,
    )
    return key


@transaction.atomic
def rename(*, key: Key, name: str, by: User, now: datetime) -> None:
    """Give a key another name. Raises NotAllowed."""
    account = _locked(key.license, by)
    key.refresh_from_db()
    if key.name == name:
        return
    before, key.name = str(key), name
    key.save(update_fields=["name"])
    audit.record(Event.KEY_RENAMED, account=account, actor=by, now=now, subject=key, before=before)


@transaction.atomic
def revoke(*, key: Key, by: User, now: datetime) -> Key | None:
    """Revoke an unused key and free its seats. Returns the new primary key if it was the primary
    one. Raises NotAllowed, KeyInUse, KeyRevoked."""
    account = _locked(key.license, by)
    current = Key.objects.select_related("license").get(pk=key.pk)
    if current.revoked_at:
        raise KeyRevoked
    if current.instances_live:
        raise KeyInUse
    current.revoked_at = now
    current.save(update_fields=["revoked_at"])
    if current.reserved is not None:
        seats.unreserve(current.license, current.reserved)
    audit.record(Event.KEY_REVOKED, account=account, actor=by, now=now, subject=current)
    if not current.is_primary:
        return None
    successor = Key.objects.create(
        license=current.license,
        code=key_codes.new_code(),
        name=current.name,
        is_primary=True,
        created_at=now,
        created_by=by,
    )
    audit.record(
        Event.KEY_SUCCEEDED,
        account=account,
        actor=by,
        now=now,
        subject=successor,
        license=current.license.name,
    )
    return successor


@transaction.atomic
def reveal(*, key: Key, by: User, now: datetime) -> str:
    """Return the whole key to someone who may manage licenses, and record it. Raises NotAllowed."""
    account = _locked(key.license, by)
    key.refresh_from_db()
    audit.record(Event.KEY_REVEALED, account=account, actor=by, now=now, subject=key)
    return key.code


def _locked(license: License, by: User) -> BusinessAccount:
    assert license.account is not None, "an unclaimed license has no managers"
    account = lock_account_of(license)
    acting(account, by, LicensingPermission.LICENSES_MANAGE)
    return account
