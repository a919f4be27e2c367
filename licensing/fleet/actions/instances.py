"""Actions on an instance, taken by people in the portal or by its console."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.directory.models import User
from accounts.errors import LimitReached
from accounts.membership.actions.authority import acting, lock_account_of
from licensing.activation.actions import activations
from licensing.activation.errors import NotLicensed
from licensing.activation.models import ActivationRequest
from licensing.activation.models.activation_request import Status
from licensing.activation.rules.installation import Installation
from licensing.documents import documents
from licensing.events import Event
from licensing.licenses.errors import KeyNotInAccount
from licensing.licenses.models import Activation, Instance, Key
from licensing.permissions import LicensingPermission

LOST_AGAIN_AFTER: Final = timedelta(days=30)


@dataclass(frozen=True)
class Receipt:
    """A signed proof that an activation has ended."""

    activation: Activation
    document: str


@transaction.atomic
def describe(*, instance: Instance, name: str, note: str, by: User, now: datetime) -> None:
    """Give an instance a name and a note. Raises NotAllowed."""
    account = lock_account_of(instance)
    acting(account, by, LicensingPermission.LICENSES_MANAGE)
    instance.refresh_from_db()
    if (instance.name, instance.note) == (name, note):
        return
    instance.name, instance.note = name, note
    instance.save(update_fields=["name", "note"])
    audit.record(Event.INSTANCE_CHANGED, account=account, actor=by, now=now, subject=instance)


@transaction.atomic
def deactivate(*, instance: Instance, by: User, now: datetime) -> None:
    """End the activation from the portal and free its seat. Raises NotAllowed, NotLicensed."""
    account = lock_account_of(instance)
    acting(account, by, LicensingPermission.LICENSES_MANAGE)
    instance.refresh_from_db()
    if activations.end_live(instance, Activation.Ending.PORTAL, now=now) is None:
        raise NotLicensed
    audit.record(Event.INSTANCE_DEACTIVATED, account=account, actor=by, now=now, subject=instance)


@transaction.atomic
def declare_lost(*, instance: Instance, by: User, now: datetime) -> None:
    """Free the seat of a lost server and revoke its token; at most once in 30 days per instance.

    Raises NotAllowed, LimitReached.
    """
    account = lock_account_of(instance)
    acting(account, by, LicensingPermission.LICENSES_MANAGE)
    current = Instance.objects.get(pk=instance.pk)
    lost_before = current.activations.filter(
        ending=Activation.Ending.LOST, deactivated_at__gt=now - LOST_AGAIN_AFTER
    )
    if lost_before.exists():
        raise LimitReached(
            _(
                "An instance can be declared lost once every 30 days. Ask support if you need "
                "it sooner."
            )
        )
    activations.end_live(current, Activation.Ending.LOST, now=now)
    current.lost_at, current.token_digest = now, None
    current.save(update_fields=["lost_at", "token_digest"])
    audit.record(Event.INSTANCE_LOST, account=account, actor=by, now=now, subject=current)


@transaction.atomic
def move(*, instance: Instance, key: Key, by: User, now: datetime) -> Activation:
    """Move a licensed instance to another key of its account; it learns of that at its next
    check-in.

    Raises NotAllowed, NotLicensed, KeyNotInAccount, and what `activations.begin` raises.
    """
    account = lock_account_of(instance)
    acting(account, by, LicensingPermission.LICENSES_MANAGE)
    instance.refresh_from_db()
    live = Activation.objects.live().filter(instance=instance).first()
    if live is None:
        raise NotLicensed
    chosen = Key.objects.live().of_account(account).filter(pk=key.pk).first()
    if chosen is None:
        raise KeyNotInAccount
    if live.key_id == chosen.pk:
        return live
    activations.end(live, Activation.Ending.MOVED, now=now)
    moved = activations.begin(
        key=chosen,
        instance=instance,
        installation=Installation(
            instance_id=instance.instance_id,
            name=instance.name,
            host=instance.host,
            version=instance.version,
        ),
        channel=live.channel,
        by=by,
        now=now,
        is_heard=False,
    )
    _inherit(moved, live)
    audit.record(
        Event.INSTANCE_MOVED, account=account, actor=by, now=now, subject=instance, key=str(chosen)
    )
    return moved


def _inherit(moved: Activation, before: Activation) -> None:
    """Carry the request over to the new activation, so that a console that hasn't collected yet
    gets that one."""
    moved.collected_at = before.collected_at
    moved.save(update_fields=["collected_at"])
    waiting = ActivationRequest.objects.filter(activation=before, status=Status.APPROVED)
    waiting.update(activation=moved)


@transaction.atomic
def deactivate_from_console(
    *,
    activation: Activation,
    ending: str,
    now: datetime,
    by: User | None = None,
    sequence: int | None = None,
) -> Receipt:
    """Free the seat on the console's request and return a signed receipt; repeating it returns
    another receipt.

    `by` is the person who uploaded a deactivation file. `sequence` is that of the last document
    that the receipt covers; None: the instance's latest.
    """
    account = lock_account_of(activation.instance)
    activation.instance.refresh_from_db()
    if activations.end(activation, ending, now=now):
        audit.record(
            Event.INSTANCE_DEACTIVATED,
            account=account,
            actor=by,
            now=now,
            subject=activation.instance,
        )
    ended = Activation.objects.get(pk=activation.pk)
    assert ended.deactivated_at is not None
    receipt = documents.sign_receipt(
        instance_id=str(ended.installation),
        activation_id=str(ended.public_id),
        sequence=activation.instance.heartbeat.sequence if sequence is None else sequence,
        ending=ended.ending,
        at=ended.deactivated_at,
        now=now,
    )
    return Receipt(ended, receipt)
