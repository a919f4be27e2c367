"""A console as the tests play it: what it sends, and what it hears."""

from __future__ import annotations

import json
from typing import Any, Final
from urllib.parse import urlencode

from django.test import Client

from tests.personas import Response

FORM: Final = "application/x-www-form-urlencoded"
ASK: Final = "/oauth/device_authorization"
POLL: Final = "/oauth/token"
GRANT_TYPE: Final = "urn:ietf:params:oauth:grant-type:device_code"
DETAIL: Final[dict[str, Any]] = {
    "type": "ras_activation",
    "mode": "activate",
    "instance_id": "7f1cf0de-66c5-4c0e-9f33-0d5a4d7a5f10",
    "instance_name": "Farm One",
    "host": "ras1.acme.example",
    "version": "20.0",
}
_CONSOLE: Final = Client(enforce_csrf_checks=True)
UPGRADE: Final = DETAIL | {"mode": "upgrade", "from_version": "19.4"}


def asking(detail: object = DETAIL, **changes: str) -> dict[str, str]:
    """The parameters that ask for an activation."""
    return {
        "client_id": "ras-console",
        "scope": "activate",
        "authorization_details": json.dumps([detail]),
    } | changes


def polling(device_code: str, **changes: str) -> dict[str, str]:
    return {
        "grant_type": GRANT_TYPE,
        "client_id": "ras-console",
        "device_code": device_code,
    } | changes


def send(path: str, parameters: dict[str, str] | bytes, **headers: str) -> Response:
    """A POST as consoles send it: no cookies, no token of a form."""
    body = parameters if isinstance(parameters, bytes) else urlencode(parameters).encode()
    return _CONSOLE.post(path, body, content_type=FORM, headers=headers)


def without(parameters: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in parameters.items() if key != name}


def is_refused(answer: Response, error: str, status: int = 400) -> bool:
    """True for a refusal as RFC 6749 §5.2 writes it, that nobody keeps and no session knows."""
    body = answer.json()
    description = body["error_description"]
    assert (answer.status_code, body["error"]) == (status, error), answer.content
    assert answer["Content-Type"] == "application/json"
    assert description
    assert all(" " <= character <= "~" for character in description)
    assert not set(description) & set('"\\')
    assert answer["Cache-Control"] == "no-store"
    assert answer["Pragma"] == "no-cache"
    assert not answer.cookies
    return True
