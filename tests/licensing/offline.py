"""An instance that is licensed by file, and what it asks for."""

from __future__ import annotations

from typing import Any

from accounts.models import BusinessAccount
from licensing.actions import requests
from licensing.actions.requests import Choice
from licensing.models import (
    Activation,
    ActivationRequest,
    Instance,
    License,
)
from tests.licensing import consoles, stock


def approve(
    request: ActivationRequest, account: BusinessAccount, license: License, **who: Any
) -> Activation:
    choice = Choice(key=stock.primary_key(license))
    return requests.approve(request=request, account=account, choice=choice, **who)


def ask(instance: Instance, mode: str, **changes: Any) -> Any:
    instance.refresh_from_db()
    return consoles.read(consoles.of_instance(instance, mode, **changes))


def seats_shared() -> int:
    return License.objects.get().seats_shared
