"""Answering request files of consoles without a network; the same file gets the same answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.directory.models import BusinessAccount, Membership, User
from accounts.membership.actions.authority import acting, lock_account_of
from licensing.activation.actions import requests
from licensing.activation.errors import NotLicensed, RequestNotFound
from licensing.activation.models import ActivationRequest
from licensing.activation.models.activation_request import VALID_FOR, Status
from licensing.documents import documents
from licensing.documents.documents import DocumentInvalid, KeyWithdrawn
from licensing.events import Event
from licensing.fleet.actions import check_ins, instances
from licensing.fleet.actions.check_ins import Report
from licensing.fleet.reading import reporting
from licensing.fleet.rules.usage import is_in_future
from licensing.licenses.models import Activation
from licensing.licenses.models.activation import REPORTING_CHANNELS
from licensing.licenses.reading import fitness
from licensing.offline.errors import RequestFileInvalid
from licensing.offline.models import FileAnswer
from licensing.offline.rules.request_files import RequestFile
from licensing.permissions import LicensingPermission


@dataclass(frozen=True)
class Proof:
    """The activation whose document a file carries, and that document's `seq`."""

    activation: Activation
    sequence: int


def open_request(*, file: RequestFile, by: User, now: datetime) -> ActivationRequest:
    """The request that an activation file stands for; the same file again is the same request.

    When nobody answered it in time it waits anew, for whoever has the file now. Raises
    RequestNotFound while it waits for somebody else.
    """
    unanswered = ActivationRequest.objects.filter(
        file_digest=file.digest, status=Status.PENDING, expires_at__lte=now
    )
    unanswered.update(claimed_by=by, account=None, handed_over_at=None, expires_at=now + VALID_FOR)
    request, _made = ActivationRequest.objects.get_or_create(
        file_digest=file.digest,
        defaults={
            "channel": Activation.Channel.OFFLINE,
            "key_hint": file.key_hint,
            "claimed_by": by,
            **ActivationRequest.facts_of(file.installation, now),
        },
    )
    if not requests.may_answer(request, by):
        raise RequestNotFound
    return request


def home_of(file: RequestFile, *, now: datetime) -> BusinessAccount:
    """The account of the instance that a refresh or deactivation file comes from.

    Raises RequestFileInvalid.
    """
    return _proof(file, now).activation.instance.account


@transaction.atomic
def answer(*, file: RequestFile, by: User, now: datetime) -> FileAnswer:
    """Refresh or deactivate the instance that the file comes from.

    Raises RequestFileInvalid, NotAllowed, NotLicensed, LicenseNotUsable.
    """
    proof = _proof(file, now)
    account = _own(proof.activation, by)
    acting(account, by, LicensingPermission.LICENSES_MANAGE)
    if earlier := FileAnswer.objects.filter(file_digest=file.digest).first():
        return earlier
    if file.usage and is_in_future(max(file.usage), today=now.date()):
        raise RequestFileInvalid(_("This file reports a day in the future. Check its clock."))
    respond = _refresh if file.mode == FileAnswer.Mode.REFRESH else _deactivate
    return FileAnswer.objects.create(
        file_digest=file.digest,
        mode=file.mode,
        activation=proof.activation,
        proof_sequence=proof.sequence,
        document=respond(proof, file, by, now),
        answered_by=by,
        answered_at=now,
    )


def _proof(file: RequestFile, now: datetime) -> Proof:
    """What the file proves; raises RequestFileInvalid."""
    try:
        claims = documents.read_license(file.license, now=now, expired_is_fine=True)
    except KeyWithdrawn as error:
        raise RequestFileInvalid(
            _(
                "The license in this file was signed with a key that has been withdrawn. "
                "Save a request to activate at the console and upload that."
            )
        ) from error
    except DocumentInvalid as error:
        raise RequestFileInvalid(
            _("The license in this file doesn't come from this portal: %(why)s") % {"why": error}
        ) from error
    known = Activation.objects.with_all()
    proven = known.filter(public_id=claims["activation"]["id"]).first()
    if proven is None or proven.installation != file.installation.instance_id:
        raise RequestFileInvalid(_("The license in this file belongs to another instance."))
    return Proof(proven, claims["seq"])


def _own(proven: Activation, by: User) -> BusinessAccount:
    """The account of the instance, locked; strangers learn nothing but that it isn't theirs."""
    account = lock_account_of(proven.instance)
    if not Membership.objects.active().filter(account=account, user=by).exists():
        raise RequestFileInvalid(
            _(
                "This instance belongs to a business account you're not a member of. Sign in "
                "with an account that is."
            )
        )
    return account


def _running(proven: Activation) -> Activation | None:
    """What `proven` has become by moves to other keys, if that runs now; under the lock. A proof
    never speaks for an activation that began anew."""
    since = Activation.objects.filter(instance=proven.instance_id, pk__gte=proven.pk)
    # A move ends one and begins the next in one transaction: what follows is its successor.
    stays = (each for each in since.order_by("pk") if each.ending != Activation.Ending.MOVED)
    live = reporting.of_instance(proven.instance)
    return live if live == next(stays, None) else None


def _went_on(proof: Proof, running: Activation) -> bool:
    """True when the instance has shown a later document, or fetched one after a move: it didn't
    end with the document of this proof."""
    checked_in_at = running.instance.heartbeat.last_check_in_at
    if running.channel in REPORTING_CHANNELS and proof.activation != running and checked_in_at:
        return checked_in_at > running.activated_at
    shown = FileAnswer.objects.filter(activation__instance=running.instance_id)
    return shown.filter(proof_sequence__gt=proof.sequence).exists()


def _refresh(proof: Proof, file: RequestFile, by: User, now: datetime) -> str:
    running = _running(proof.activation)
    if running is None:
        raise NotLicensed
    fitness.refuse_stopped(running.key.license, now=now)
    report = Report(version=file.installation.version, usage=file.usage)
    document = check_ins.record(activation=running, report=report, now=now).document
    audit.record(
        Event.INSTANCE_REFRESHED,
        account=running.instance.account,
        actor=by,
        now=now,
        subject=running.instance,
    )
    return document


def _deactivate(proof: Proof, file: RequestFile, by: User, now: datetime) -> str:
    """The receipt; the instance that was activated anew meanwhile keeps what it has. Raises
    RequestFileInvalid when it went on with what it had."""
    check_ins.keep_usage(proof.activation.instance, file.usage)
    running = _running(proof.activation)
    if running is not None and _went_on(proof, running):
        raise RequestFileInvalid(
            _(
                "The instance got a newer license after this file was saved. Save a new file "
                "at its console, or deactivate it in the portal."
            )
        )
    receipt = instances.deactivate_from_console(
        activation=running or proof.activation,
        ending=Activation.Ending.FILE,
        now=now,
        by=by,
        sequence=None if running else proof.sequence,
    )
    return receipt.document
