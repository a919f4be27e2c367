"""Carrying files between a console and the page for instances without a network."""

from __future__ import annotations

from datetime import datetime

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.directory.models import BusinessAccount, User
from licensing.activation.actions import requests
from licensing.activation.models.choice import ApprovalChoice
from licensing.licenses.models import Instance, License
from licensing.offline.actions import offline
from tests.licensing import license_factories, request_file_factories
from tests.personas import Response

PAGE = "/activate/offline/"


def send(browser: Client, content: bytes) -> Response:
    return browser.post(PAGE, {"file": SimpleUploadedFile("farm.rasreq", content)})


def activate(account: BusinessAccount, content: bytes, *, by: User, now: datetime) -> Instance:
    """Approve a request file, as the consent pages do."""
    license = License.objects.first() or license_factories.subscription(account, now=now)
    opened = offline.open_request(file=request_file_factories.read(content), by=by, now=now)
    choice = ApprovalChoice(key=license_factories.primary_key(license))
    requests.approve(request=opened, account=account, choice=choice, by=by, now=now)
    return Instance.objects.get(instance_id=opened.instance_id)


def request_file(mode: str = "activate") -> bytes:
    return request_file_factories.content(mode, request_id="0123456789abcdefghij")
