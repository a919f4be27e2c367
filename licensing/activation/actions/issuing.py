"""Issuing the documents of an activation, and making the latest one again.

From one day to the next a document differs in its number and its dates only. So a check-in keeps
these (`Heartbeat.document_…`), and the text (`Instance.document`) only when it says anything new.
Ed25519 is deterministic: from both, the latest document is made again byte for byte
(docs/decisions/0023-documents-made-again.md).
"""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from licensing.activation.errors import NotLicensed
from licensing.documents import documents, grants
from licensing.documents.grants import Grant
from licensing.documents.signing_keys import SigningKey
from licensing.licenses.models import Activation, Heartbeat
from licensing.licenses.reading.fitness import refuse_unfit
from licensing.licenses.rules import entitlement

STAMP = (
    "sequence",
    "document_sequence",
    "document_kid",
    "document_digest",
    "document_issued_at",
    "document_ends_at",
)


@transaction.atomic
def issue(activation: Activation, *, now: datetime) -> str:
    """Sign the next document of a live activation, and keep it.

    Raises LicenseNotUsable, VersionNotCovered.
    """
    refuse_unfit(activation.key, version=activation.version, now=now)
    return _keep_next(activation, now)


@transaction.atomic
def current(activation: Activation, *, now: datetime) -> str:
    """The latest document, byte for byte; empty when none was issued.

    When its key doesn't sign any more, or isn't trusted, a fresh one of the same term takes its
    place. Raises NotLicensed when the activation has ended meanwhile.
    """
    document = latest(activation)
    if document is not None:
        return document
    return _keep_next(activation, now, ends_at=activation.instance.heartbeat.document_ends_at)


def latest(activation: Activation) -> str | None:
    """The latest document made again; None when its key can't sign it again."""
    beat = activation.instance.heartbeat
    if beat.document_ends_at is None:
        return ""
    return documents.made_again(
        activation.instance.document,
        serial=serial(activation, beat.document_sequence),
        sequence=beat.document_sequence,
        issued_at=beat.document_issued_at,
        ends_at=beat.document_ends_at,
        kid=beat.document_kid,
    )


def sign(
    activation: Activation,
    *,
    now: datetime,
    key: SigningKey | None = None,
    ends_at: datetime | None = None,
) -> str:
    """A document with the instance's present sequence, noted on its heartbeat without saving."""
    key = key or documents.signing_key(now=now)
    said = grant(activation, now=now, ends_at=ends_at)
    beat = activation.instance.heartbeat
    beat.document_sequence, beat.document_kid = beat.sequence, key.kid
    beat.document_issued_at, beat.document_ends_at = said.issued_at, said.ends_at
    beat.document_digest = grants.digest(said)
    return documents.sign_license(said, key=key)


def serial(activation: Activation, sequence: int) -> str:
    """The document's own id: the same for the same document."""
    return str(uuid.uuid5(activation.public_id, str(sequence)))


def grant(activation: Activation, *, now: datetime, ends_at: datetime | None = None) -> Grant:
    """What the document of `activation` says, with the sequence that its instance has now."""
    instance, key, license = activation.instance, activation.key, activation.key.license
    account, sequence = instance.account, instance.heartbeat.sequence
    channel = activation.channel
    return Grant(
        serial=serial(activation, sequence),
        sequence=sequence,
        issued_at=now,
        ends_at=ends_at or entitlement.document_ends_at(license, channel=channel, now=now),
        activation_id=str(activation.public_id),
        instance_id=str(instance.instance_id),
        instance_name=instance.name,
        account_slug=account.slug,
        account_name=account.name,
        channel=channel,
        kind=license.kind,
        product=license.product,
        license_name=license.name,
        key_last_five=key.last_five,
        seats=key.seats,
        expires_on=license.ends_on,
        runs_until=entitlement.last_day(license),
        max_version=entitlement.granted_version(license, instance.version, now.date()),
        limited=entitlement.is_limited(key.over_since, now),
    )


def _keep_next(activation: Activation, now: datetime, ends_at: datetime | None = None) -> str:
    instance = activation.instance
    held = Heartbeat.objects.select_for_update().filter(pk=instance.pk, activation=activation)
    beat = held.first()
    if beat is None:
        raise NotLicensed
    instance.heartbeat = beat
    beat.sequence += 1
    instance.document = sign(activation, now=now, ends_at=ends_at)
    beat.save(update_fields=STAMP)
    instance.save(update_fields=["document"])
    return instance.document
