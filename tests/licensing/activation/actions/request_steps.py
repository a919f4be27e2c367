"""Approving a request, and looking at what became of it."""

from __future__ import annotations

from datetime import datetime

from accounts.directory.models import BusinessAccount, User
from licensing.activation.actions import requests
from licensing.activation.models import ActivationRequest
from licensing.activation.models.choice import ApprovalChoice
from licensing.licenses.models import Activation


def approve(
    asked: ActivationRequest,
    account: BusinessAccount,
    choice: ApprovalChoice,
    by: User,
    now: datetime,
    *,
    split: bool = False,
) -> Activation:
    return requests.approve(
        request=asked, account=account, choice=choice, by=by, now=now, split_confirmed=split
    )


def status_of(asked: ActivationRequest) -> str:
    return ActivationRequest.objects.get(pk=asked.pk).status
