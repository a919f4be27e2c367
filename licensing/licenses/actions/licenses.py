"""Creating licenses from purchases, and registering existing keys."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.directory.models import BusinessAccount, User
from accounts.membership.actions.authority import acting, lock
from accounts.membership.actions.invitations import has_proven
from licensing.events import Event
from licensing.licenses import emails
from licensing.licenses.errors import KeyNotInAccount, KeyRevoked, KeyTaken
from licensing.licenses.models import Key, KeyAttempt, License
from licensing.licenses.rules import key_codes
from licensing.permissions import LicensingPermission


@transaction.atomic
def add(
    *,
    account: BusinessAccount | None,
    product: str,
    kind: str,
    name: str,
    seats: int,
    starts_on: date,
    now: datetime,
    ends_on: date | None = None,
    upgrade_insurance_until: date | None = None,
    version_bought: str = "",
    auto_renew: bool = False,
    code: str = "",
) -> License:
    """Create a license with its primary key (`code`, or a new one); without an account it is
    unclaimed."""
    license = License.objects.create(
        account=account,
        product=product,
        kind=kind,
        name=name,
        seats=seats,
        starts_on=starts_on,
        ends_on=ends_on,
        upgrade_insurance_until=upgrade_insurance_until,
        version_bought=version_bought,
        auto_renew=auto_renew,
        created_at=now,
    )
    primary_key(license, code, now)
    if account is not None:
        audit.record(Event.LICENSE_ADDED, account=account, actor=None, now=now, subject=license)
    return license


def attach(*, license: License, account: BusinessAccount, by: User, now: datetime) -> None:
    """Attach an unclaimed license to an account whose lock is held. Raises KeyTaken."""
    # Two accounts may try at once: the first UPDATE wins.
    free = License.objects.filter(pk=license.pk, account=None)
    if not free.update(account=account):
        raise KeyTaken
    license.account = account
    audit.record(Event.LICENSE_ADDED, account=account, actor=by, now=now, subject=license)


def register_key(*, account: BusinessAccount, code: str, by: User, now: datetime) -> Key:
    """Attach the license of a key that the person holds; a key of this account is returned as it
    is.

    `code` is canonical. The license's buyer is told in the same transaction. Raises NotAllowed,
    KeyNotInAccount, KeyRevoked, and KeyTaken: that attempt is kept, because both accounts may
    belong to one company.
    """
    try:
        return _register(account, code, by, now)
    except KeyTaken:
        _note_attempt(account, code, by, now)
        raise


@transaction.atomic
def _register(account: BusinessAccount, code: str, by: User, now: datetime) -> Key:
    account = lock(account)
    acting(account, by, LicensingPermission.LICENSES_MANAGE)
    key = Key.objects.select_related("license").filter(code=code).first()
    if key is None:
        raise KeyNotInAccount(
            _("We don't know this key. Check it against the original, or ask support.")
        )
    if key.license.account_id == account.pk:
        return key
    if key.revoked_at:
        raise KeyRevoked
    attach(license=key.license, account=account, by=by, now=now)
    _tell_buyer(key.license, by, now)
    return key


def _tell_buyer(license: License, by: User, now: datetime) -> None:
    """A key brings a license into an account only with notice to whoever bought it (SPEC 4.2);
    whoever has proven the buyer's address needs none."""
    purchase = getattr(license, "purchase", None)
    if purchase is None or has_proven(by, purchase.primary_email):
        return
    emails.license_registered(
        license, buyer=purchase.primary_email, bought_by=purchase.company, by=by, now=now
    )


@transaction.atomic
def _note_attempt(account: BusinessAccount, code: str, by: User, now: datetime) -> None:
    """Record an account's first attempt to register a key that another account holds."""
    key = Key.objects.select_related("license__account").get(code=code)
    holder = key.license.account
    assert holder is not None, "nobody is kept from a license that is free"
    _attempt, made = KeyAttempt.objects.get_or_create(
        account=account, key=key, defaults={"tried_by": by, "tried_at": now}
    )
    if not made:
        return
    last_five = f"…{key.last_five}"
    audit.record(Event.KEY_TRIED, account=account, actor=by, now=now, subject=last_five)
    audit.record(
        Event.KEY_TRIED_ELSEWHERE,
        account=holder,
        actor=None,
        now=now,
        subject=key,
        other=account.name,
    )


def primary_key(license: License, code: str, now: datetime) -> Key:
    """Create the license's first key, from `code` or a new one."""
    return Key.objects.create(
        license=license,
        code=code or key_codes.new_code(),
        name=_("Primary key"),
        is_primary=True,
        created_at=now,
    )
