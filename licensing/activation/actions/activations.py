"""Starts and ends activations. Seats change only while the account row is locked."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts import audit
from accounts.directory.models import BusinessAccount, User
from licensing.activation import emails
from licensing.activation.errors import InstanceInOtherAccount
from licensing.activation.rules.installation import Installation
from licensing.events import Event
from licensing.licenses.actions import peaks, seats
from licensing.licenses.errors import LicenseNotUsable
from licensing.licenses.models import Activation, Heartbeat, Instance, Key
from licensing.licenses.reading.fitness import refuse_unfit


def known_instance(
    *, account: BusinessAccount, installation: Installation, now: datetime
) -> Instance:
    """Return this account's row for the installation, and create it if there is none; names that
    people gave stay. The caller must hold the account's lock.
    """
    rows = Instance.objects.filter(instance_id=installation.instance_id)
    instance, _made = Instance.objects.get_or_create(
        account=account,
        instance_id=installation.instance_id,
        defaults={
            "name": installation.name,
            "host": installation.host,
            "version": installation.version,
            "first_seen_at": now,
            "seen_around": now,
        },
    )
    beat, _made = Heartbeat.objects.get_or_create(instance=instance, defaults={"last_seen_at": now})
    # The sequence belongs to the installation, not to the account: a console accepts only a
    # document that is newer than every earlier one, whichever account issued it.
    reached = rows.aggregate(reached=Max("heartbeat__sequence"))["reached"]
    if reached > beat.sequence:
        Heartbeat.objects.filter(pk=beat.pk).update(sequence=reached)
    return instance


def begin(
    *,
    key: Key,
    instance: Instance,
    installation: Installation,
    channel: str,
    by: User | None,
    now: datetime,
    replacing: Instance | None = None,
    is_heard: bool = True,
) -> Activation:
    """Activate an instance under a key. The caller must hold the account's lock.

    The previous activation and the replaced instance end first, so that their seats can be reused.
    Raises LicenseNotUsable, VersionNotCovered, NoSeatsLeft, KeyRevoked, InstanceInOtherAccount.
    """
    refuse_unfit(key, version=installation.version, now=now)
    _refuse_trial_of_another(key, instance)
    _end_earlier(instance, installation, replacing, now)
    seats.take(key)
    try:
        with transaction.atomic():
            activation = Activation.objects.create(
                instance=instance,
                installation=installation.instance_id,
                key=key,
                channel=channel,
                mode=installation.mode,
                version=installation.version,
                from_version=installation.from_version,
                activated_by=by,
                activated_at=now,
            )
    except IntegrityError as error:  # activated elsewhere at the same time
        raise InstanceInOtherAccount from error
    peaks.join(activation)
    _note_begun(instance, installation, now if is_heard else None)
    return activation


def _note_begun(instance: Instance, installation: Installation, heard_at: datetime | None) -> None:
    instance.host, instance.version, instance.lost_at = (
        installation.host,
        installation.version,
        None,
    )
    instance.save(update_fields=["host", "version", "lost_at"])
    if heard_at:
        instance.seen_around = heard_at
        instance.save(update_fields=["seen_around"])
        Heartbeat.objects.filter(pk=instance.pk).update(last_seen_at=heard_at)


def _end_earlier(
    instance: Instance, installation: Installation, replacing: Instance | None, now: datetime
) -> None:
    """End the installation's present activation and the one that it replaces. Raises
    InstanceInOtherAccount.
    """
    live = Activation.objects.live().select_related("key")
    before = live.filter(installation=installation.instance_id).first()
    if before is not None:
        if before.instance_id != instance.pk:
            raise InstanceInOtherAccount
        end(before, Activation.Ending.AGAIN, now=now)
    if replacing is not None:
        end_live(replacing, Activation.Ending.REPLACED, now=now)


def announce(
    activation: Activation, *, by: User | None, now: datetime, replaced: Instance | None = None
) -> None:
    """Record a new activation in the audit log and tell the administrators."""
    instance = activation.instance
    if replaced is not None:  # recorded first, so that the history never shows both in one seat
        audit.record(
            Event.INSTANCE_REPLACED,
            account=instance.account,
            actor=by,
            now=now,
            subject=replaced,
            successor=instance.name,
        )
    upgraded = activation.mode == Activation.Mode.UPGRADE
    audit.record(
        Event.INSTANCE_UPGRADED if upgraded else Event.INSTANCE_ACTIVATED,
        account=instance.account,
        actor=by,
        now=now,
        subject=instance,
        version=activation.version,
        key=str(activation.key),
    )
    emails.instance_activated(activation, now=now, replaced=replaced)


def _refuse_trial_of_another(key: Key, instance: Instance) -> None:
    """Raise unless the trial is for this installation; after a merge, it may have two rows."""
    trial_of = key.license.trial_of
    if trial_of is not None and trial_of.instance_id != instance.instance_id:
        raise LicenseNotUsable(_("This trial is for another instance. Choose another key."))


def end_live(instance: Instance, ending: str, *, now: datetime) -> Activation | None:
    """End the live activation of an instance, if there is one; its seat is free at once."""
    live = Activation.objects.live().select_related("key").filter(instance=instance).first()
    if live is None or not end(live, ending, now=now):
        return None
    return live


def end(activation: Activation, ending: str, *, now: datetime) -> bool:
    """End one activation; False when it had already ended."""
    live = Activation.objects.live().filter(pk=activation.pk)
    if not live.update(deactivated_at=now, ending=ending):
        return False
    seats.give_back(activation.key)
    peaks.leave(activation)
    return True
