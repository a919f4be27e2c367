"""The forms about activations, licenses, keys and instances."""

from __future__ import annotations

import json

from tests.licensing import request_file_factories
from tests.limits.sample_portal import FormUnderTest, SamplePortal


def forms_of_activation(portal: SamplePortal) -> list[FormUnderTest]:
    """A console's request and a request file, on their way through the activate pages."""
    slug, stock = portal.acme.slug, portal.stock
    asked, sent = stock.asked, stock.asked_by_mia
    here = asked.get_absolute_url()
    of_key = {"account": slug, "key": str(stock.owned.public_id)}
    return [
        FormUnderTest(
            "code", "/activate/", "alice", {"code": asked.display_code}, ("code",), changes=False
        ),
        FormUnderTest(
            "enter key",
            f"{here}key/",
            "alice",
            {"account": slug, "key": stock.held.code},
            ("account", "key"),
        ),
        FormUnderTest(
            "activate", f"{here}approve/", "alice", of_key, ("account", "key", "replace", "seats")
        ),
        FormUnderTest(
            "activate under a cut key",
            f"{here}approve/",
            "alice",
            {"account": slug, "cut": str(stock.owned.license.public_id), "seats": "3"},
            ("account", "cut", "seats"),
        ),
        FormUnderTest(
            "activate a trial", f"{here}approve/", "alice", {"account": slug, "trial": "1"}
        ),
        FormUnderTest("deny", f"{here}deny/", "alice", bare=True),
        FormUnderTest("not mine", f"{here}not-mine/", "alice", bare=True),
        FormUnderTest(
            "hand over", f"{sent.get_absolute_url()}hand-over/", "mia", {"account": slug}
        ),
        FormUnderTest(
            "offline",
            "/activate/offline/",
            "alice",
            {"text": request_file_factories.content().decode()},
            ("text",),
        ),
        FormUnderTest(
            "offline refresh",
            "/activate/offline/",
            "alice",
            {"text": json.dumps(stock.refresh)},
            ("text",),
        ),
    ]


def forms_of_licenses(portal: SamplePortal) -> list[FormUnderTest]:
    """The pages of a business account about what it owns."""
    b, stock = f"/b/{portal.acme.slug}/", portal.stock
    key, spare = f"{b}keys/{stock.owned.public_id}/", f"{b}keys/{stock.spare.public_id}/"
    instance = f"{b}instances/{stock.instance.public_id}/"
    return [
        FormUnderTest("add", f"{b}licenses/add/", "alice", {"key": stock.held.code}, ("key",)),
        FormUnderTest(
            "add waiting", f"{b}licenses/waiting/{stock.waiting.public_id}/", "alice", bare=True
        ),
        FormUnderTest(
            "cut",
            f"{b}licenses/{stock.owned.license.public_id}/cut/",
            "alice",
            {"name": "Graz", "seats": "5"},
            ("name", "seats"),
        ),
        FormUnderTest("rename", f"{key}rename/", "alice", {"name": "Vienna"}, ("name",)),
        FormUnderTest("reveal", f"{key}reveal/", "alice", answer=200, bare=True),
        FormUnderTest("revoke", f"{spare}revoke/", "alice", bare=True),
        FormUnderTest(
            "enroll",
            f"{b}enrollment/new/",
            "alice",
            {"name": "Image", "key": str(stock.owned.public_id), "uses": "3", "days": "30"}
            | {"form_token": "b9d3c6b2-7d0a-4b0c-9a55-0f6a3f3f5c11"},
            ("name", "key", "uses", "days", "form_token"),
            answer=200,
        ),
        FormUnderTest(
            "end enrollment",
            f"{b}enrollment/{stock.token.public_id}/revoke/",
            "alice",
            bare=True,
        ),
        FormUnderTest(
            "edit",
            f"{instance}edit/",
            "alice",
            {"name": "Farm Two", "note": "Rack 4"},
            ("name", "note"),
        ),
        FormUnderTest(
            "move", f"{instance}move/", "alice", {"key": str(stock.spare.public_id)}, ("key",)
        ),
        FormUnderTest("deactivate", f"{instance}deactivate/", "alice", bare=True),
        FormUnderTest("lost", f"{instance}lost/", "alice", bare=True),
    ]
