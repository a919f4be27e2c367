"""The forms about activations, licenses, keys and instances."""

from __future__ import annotations

import json

from tests.licensing import request_file_factories
from tests.limits.sample_portal import Door, House


def doors_of_activation(house: House) -> list[Door]:
    """A console's request and a request file, on their way through the activate pages."""
    slug, stock = house.acme.slug, house.stock
    asked, sent = stock.asked, stock.asked_by_mia
    here = asked.get_absolute_url()
    of_key = {"account": slug, "key": str(stock.owned.public_id)}
    return [
        Door("code", "/activate/", "alice", {"code": asked.display_code}, ("code",), changes=False),
        Door(
            "enter key",
            f"{here}key/",
            "alice",
            {"account": slug, "key": stock.held.code},
            ("account", "key"),
        ),
        Door(
            "activate", f"{here}approve/", "alice", of_key, ("account", "key", "replace", "seats")
        ),
        Door(
            "activate under a cut key",
            f"{here}approve/",
            "alice",
            {"account": slug, "cut": str(stock.owned.license.public_id), "seats": "3"},
            ("account", "cut", "seats"),
        ),
        Door("activate a trial", f"{here}approve/", "alice", {"account": slug, "trial": "1"}),
        Door("deny", f"{here}deny/", "alice", bare=True),
        Door("not mine", f"{here}not-mine/", "alice", bare=True),
        Door("hand over", f"{sent.get_absolute_url()}hand-over/", "mia", {"account": slug}),
        Door(
            "offline",
            "/activate/offline/",
            "alice",
            {"text": request_file_factories.content().decode()},
            ("text",),
        ),
        Door(
            "offline refresh",
            "/activate/offline/",
            "alice",
            {"text": json.dumps(stock.refresh)},
            ("text",),
        ),
    ]


def doors_of_licenses(house: House) -> list[Door]:
    """The pages of a business account about what it owns."""
    b, stock = f"/b/{house.acme.slug}/", house.stock
    key, spare = f"{b}keys/{stock.owned.public_id}/", f"{b}keys/{stock.spare.public_id}/"
    instance = f"{b}instances/{stock.instance.public_id}/"
    return [
        Door("add", f"{b}licenses/add/", "alice", {"key": stock.held.code}, ("key",)),
        Door("add waiting", f"{b}licenses/waiting/{stock.waiting.public_id}/", "alice", bare=True),
        Door(
            "cut",
            f"{b}licenses/{stock.owned.license.public_id}/cut/",
            "alice",
            {"name": "Graz", "seats": "5"},
            ("name", "seats"),
        ),
        Door("rename", f"{key}rename/", "alice", {"name": "Vienna"}, ("name",)),
        Door("reveal", f"{key}reveal/", "alice", answer=200, bare=True),
        Door("revoke", f"{spare}revoke/", "alice", bare=True),
        Door(
            "enroll",
            f"{b}enrollment/new/",
            "alice",
            {"name": "Image", "key": str(stock.owned.public_id), "uses": "3", "days": "30"}
            | {"form_token": "b9d3c6b2-7d0a-4b0c-9a55-0f6a3f3f5c11"},
            ("name", "key", "uses", "days", "form_token"),
            answer=200,
        ),
        Door(
            "end enrollment",
            f"{b}enrollment/{stock.token.public_id}/revoke/",
            "alice",
            bare=True,
        ),
        Door(
            "edit",
            f"{instance}edit/",
            "alice",
            {"name": "Farm Two", "note": "Rack 4"},
            ("name", "note"),
        ),
        Door("move", f"{instance}move/", "alice", {"key": str(stock.spare.public_id)}, ("key",)),
        Door("deactivate", f"{instance}deactivate/", "alice", bare=True),
        Door("lost", f"{instance}lost/", "alice", bare=True),
    ]
