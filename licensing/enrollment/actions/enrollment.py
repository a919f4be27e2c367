"""Enrollment tokens: machines activate instances without a browser (SPEC 4.3, CONTRACT)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import audit
from accounts.directory.models import BusinessAccount, Membership, User
from accounts.membership.actions.authority import acting, lock, lock_account_of
from licensing.activation.actions import activations, issuing
from licensing.activation.actions.collecting import CollectedLicense, give_token
from licensing.activation.rules.installation import Installation
from licensing.enrollment.errors import EnrollmentEnded, TokenAlreadyMade
from licensing.enrollment.models import EnrollmentToken
from licensing.events import Event
from licensing.licenses.errors import KeyNotInAccount
from licensing.licenses.models import Activation, Instance, Key
from licensing.permissions import LicensingPermission
from licensing.protocol import tokens

MAX_TOKEN_LIFETIME: Final = timedelta(days=90)
MAX_TOKEN_USES: Final = 1000


@dataclass(frozen=True)
class NewToken:
    """A new token; `secret` is never seen again."""

    token: EnrollmentToken
    secret: str


@transaction.atomic
def make(
    *,
    account: BusinessAccount,
    key: Key,
    name: str,
    uses: int,
    expires_at: datetime,
    form_token: uuid.UUID | None = None,
    by: User,
    now: datetime,
) -> NewToken:
    """A token for `uses` activations under `key` until `expires_at`.

    The same words sent again in the same form are the same token, whose secret is gone by then;
    other words in it are another one. Raises NotAllowed, KeyNotInAccount, TokenAlreadyMade.
    """
    account = lock(account)
    acting(account, by, LicensingPermission.LICENSES_MANAGE)
    if not Key.objects.live().of_account(account).filter(pk=key.pk).exists():
        raise KeyNotInAccount
    secret = tokens.new_secret("rase")
    facts = {"account": account, "key": key, "name": name, "uses_allowed": uses}
    facts |= {"created_at": now, "created_by": by, "expires_at": expires_at}
    said = f"{key.public_id} {uses} {expires_at - now} {name}"
    token, is_new = EnrollmentToken.objects.get_or_create(
        public_id=uuid.uuid5(form_token or uuid.uuid4(), said),
        defaults=facts | {"digest": tokens.digest(secret)},
    )
    if not is_new:
        raise TokenAlreadyMade
    audit.record(
        Event.ENROLLMENT_MADE,
        account=account,
        actor=by,
        now=now,
        subject=token,
        uses=uses,
        key=str(key),
    )
    return NewToken(token, secret)


@transaction.atomic
def revoke(*, token: EnrollmentToken, by: User, now: datetime) -> None:
    """End a token at once; what it activated keeps running. Raises NotAllowed."""
    account = lock_account_of(token)
    acting(account, by, LicensingPermission.LICENSES_MANAGE)
    if EnrollmentToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now):
        audit.record(Event.ENROLLMENT_REVOKED, account=account, actor=by, now=now, subject=token)


@transaction.atomic
def activate(
    *, token: EnrollmentToken, installation: Installation, code: str = "", now: datetime
) -> CollectedLicense:
    """Activate an instance at once. The same instance again gives a new token, and costs no use.

    `code`, when given, must be the token's own key. A token is worth what its maker may do now.
    Raises EnrollmentEnded, KeyNotInAccount, and what `activations.begin` raises.
    """
    account = lock_account_of(token)
    mine = EnrollmentToken.objects.filter(pk=token.pk)
    if not mine.open(now).exists():
        raise EnrollmentEnded
    _refuse_without_standing(token, account)
    key = Key.objects.select_related("license").get(pk=token.key_id)
    if code and code != key.code:
        raise KeyNotInAccount
    instance = activations.known_instance(account=account, installation=installation, now=now)
    live = _as_asked(instance, key, installation)
    if live is None:
        if not mine.usable(now).update(uses=F("uses") + 1):
            raise EnrollmentEnded
        live = activations.begin(
            key=key,
            instance=instance,
            installation=installation,
            channel=Activation.Channel.UNATTENDED,
            by=None,
            now=now,
        )
        live.collected_at = now
        live.save(update_fields=["collected_at"])
        activations.announce(live, by=None, now=now)
    secret = give_token(live.instance)
    live.key = Key.objects.select_related("license").get(pk=key.pk)
    return CollectedLicense(secret, live, issuing.issue(live, now=now))


def _as_asked(instance: Instance, key: Key, installation: Installation) -> Activation | None:
    """What a console that asks again got before."""
    unattended = Activation.objects.live().filter(channel=Activation.Channel.UNATTENDED)
    asked = unattended.filter(instance=instance, key=key, version=installation.version)
    return asked.with_all().first()


def _refuse_without_standing(token: EnrollmentToken, account: BusinessAccount) -> None:
    may = Membership.objects.with_permission(LicensingPermission.LICENSES_MANAGE)
    if not may.filter(account=account, user=token.created_by_id).exists():
        raise EnrollmentEnded(
            _(
                "The person who created this token can no longer manage licenses. Create a new "
                "one in the portal."
            )
        )
