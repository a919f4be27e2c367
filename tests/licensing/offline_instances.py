"""An instance that is licensed by file, and what it asks for."""

from __future__ import annotations

from typing import Any

from accounts.directory.models import BusinessAccount
from licensing.activation.actions import requests
from licensing.activation.models import ActivationRequest
from licensing.activation.models.choice import ApprovalChoice
from licensing.licenses.models import Activation, Instance, License
from tests.licensing import license_factories, request_file_factories


def approve(
    request: ActivationRequest, account: BusinessAccount, license: License, **who: Any
) -> Activation:
    choice = ApprovalChoice(key=license_factories.primary_key(license))
    return requests.approve(request=request, account=account, choice=choice, **who)


def ask(instance: Instance, mode: str, **changes: Any) -> Any:
    instance.refresh_from_db()
    return request_file_factories.read(
        request_file_factories.of_instance(instance, mode, **changes)
    )


def seats_shared() -> int:
    return License.objects.get().seats_shared
