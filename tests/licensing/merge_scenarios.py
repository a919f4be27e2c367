"""Two accounts of one company with one of everything, and what a merge must leave as it was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps

from accounts.directory.models import BusinessAccount, User
from accounts.membership.models import Invitation, JoinRequest
from accounts.permissions import Role
from licensing.activation.actions import activations
from licensing.activation.models import ActivationRequest
from licensing.enrollment.models import EnrollmentToken
from licensing.licenses.models import Activation, Instance, Key, License
from licensing.merging.actions import proposals
from licensing.merging.models import Merge
from licensing.merging.reading import lookalikes, merge_plan
from licensing.merging.reading.lookalikes import Lookalike
from licensing.protocol import tokens
from licensing.purchases.models import Buyer
from tests import factories
from tests.licensing import license_factories

# What the two histories say may grow, and the merge itself is the one new thing.
GROWING = {"auditevent", "outboxmail", "merge"}


@dataclass
class Cloud:
    """Acme Cloud: Zoe administers it, Bob and Mia of Acme Corp belong to it, too."""

    account: BusinessAccount
    zoe: User
    license: License
    key: Key
    cut: Key
    farm: Instance
    token: EnrollmentToken
    request: ActivationRequest
    invitation: Invitation
    twice_invited: Invitation
    asked: JoinRequest


def cloud(acme: BusinessAccount, bob: User, mia: User, now: datetime) -> Cloud:
    """Bob administers it though he is a license manager in Acme; Mia is a member in both."""
    zoe = factories.person("zoe@acme.example", "Zoe Park")
    account = factories.business_account("Acme Cloud", administrator=zoe, now=now)
    factories.member(account, bob, Role.ADMINISTRATOR)
    factories.member(account, mia)
    factories.member(account, factories.person("yan@acme.example", "Yan Yu"), blocked=True)
    license = _bought(account, now)
    key = license_factories.primary_key(license)
    cut = license_factories.key(license, now=now, reserved=20, name="Cut")
    farm = license_factories.licensed(account, cut, now, "Cloud Farm", token_digest="a" * 64)
    license_factories.licensed(account, key, now, "Cloud Farm Two")
    token = _token(account, key, zoe, now)
    request = license_factories.request(
        account=account, claimed_by=mia, handed_over_at=now, now=now
    )
    factories.invitation(acme, "eve@acme.example", by=None, now=now)
    return Cloud(
        account,
        zoe,
        license,
        key,
        cut,
        farm,
        token,
        request,
        factories.invitation(account, "ian@acme.example", by=zoe, now=now),
        factories.invitation(account, "eve@acme.example", by=zoe, now=now),
        factories.join_request(account, "kim@acme.example", now=now),
    )


def _bought(account: BusinessAccount, now: datetime) -> License:
    Buyer.objects.create(
        account=account,
        primary_email="buyer@acme.example",
        company_key="acme cloud",
        created_at=now,
    )
    return license_factories.purchase(account, email="buyer@acme.example", now=now).license


def _token(account: BusinessAccount, key: Key, zoe: User, now: datetime) -> EnrollmentToken:
    return EnrollmentToken.objects.create(
        account=account,
        key=key,
        name="Images",
        digest=tokens.digest("rase_x"),
        uses_allowed=5,
        created_at=now,
        created_by=zoe,
        expires_at=now + timedelta(days=30),
    )


def twin(ours: BusinessAccount, theirs: BusinessAccount, *, by: User) -> Lookalike:
    return next(each for each in lookalikes.of(ours, by=by) if each.account == theirs)


def proposed(
    cloud: Cloud, acme: BusinessAccount, by: User, now: datetime, *, keep_ours: bool = True
) -> Merge:
    """Proposed in Acme, by `by`; with `keep_ours` Acme Cloud is to move into it."""
    found = twin(acme, cloud.account, by=by)
    return proposals.propose(twin=found, keep_ours=keep_ours, by=by, now=now)


def proposed_by_them(cloud: Cloud, acme: BusinessAccount, now: datetime) -> Merge:
    """Proposed in Acme Cloud, by Zoe: Acme answers."""
    found = twin(cloud.account, acme, by=cloud.zoe)
    return proposals.propose(twin=found, keep_ours=True, by=cloud.zoe, now=now)


def agreed(merge: Merge, by: User, now: datetime) -> Merge:
    seen = merge_plan.mergeable_plan(merge.source, merge.target).digest
    return proposals.agree(merge=merge, by=by, now=now, seen=seen)


def rows() -> dict[str, list[dict[str, Any]]]:
    """Every row of ours, as it stands in the database."""
    return {
        model.__name__: list(model._default_manager.order_by("pk").values())
        for package in ("accounts", "licensing")
        for model in apps.get_app_config(package).get_models()
        if model._meta.model_name not in GROWING
    }


def at_once(source: BusinessAccount, target: BusinessAccount, *, by: User, now: datetime) -> Merge:
    """Merged by somebody who administers both."""
    seen = merge_plan.mergeable_plan(source, target).digest
    found = twin(target, source, by=by)
    return proposals.propose(twin=found, keep_ours=True, by=by, now=now, seen=seen)


def begin(instance: Instance, key: Key, now: datetime) -> Activation:
    """Let an instance run under a key, as an approval does."""
    return activations.begin(
        key=Key.objects.select_related("license").get(pk=key.pk),
        instance=Instance.objects.get(pk=instance.pk),
        installation=license_factories.installation(
            instance_id=instance.instance_id, name=instance.name
        ),
        channel=Activation.Channel.ONLINE,
        by=None,
        now=now,
    )
