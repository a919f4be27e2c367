"""Request files as a console without a network writes them."""

from __future__ import annotations

import json
import secrets
from typing import Any

from licensing.licenses.models import Instance
from licensing.offline.rules import request_files
from licensing.offline.rules.request_files import RequestFile


def fields(mode: str = "activate", **changes: Any) -> dict[str, Any]:
    """What a fresh installation asks for; a change to None leaves the field out."""
    plain = {
        "type": "ras_activation_request",
        "request_id": secrets.token_urlsafe(24),
        "created_at": "2026-11-24T09:30:00Z",
        "mode": mode,
        "instance_id": "7d8f5a52-3f0e-4f3c-9a55-0a4c7f6f2e10",
        "instance_name": "Farm One",
        "host": "ras1.acme.example",
        "version": "20.0",
    }
    return {name: value for name, value in (plain | changes).items() if value is not None}


def content(mode: str = "activate", **changes: Any) -> bytes:
    return json.dumps(fields(mode, **changes), indent=1).encode()


def of_instance(instance: Instance, mode: str, **changes: Any) -> bytes:
    """A licensed instance asks, with its present document as proof."""
    facts = {"instance_id": str(instance.instance_id), "license": instance.document}
    return content(mode, **(facts | changes))


def read(text: bytes) -> RequestFile:
    return request_files.read(text)
