"""What the console may say of its instance, and how it is refused (RFC 9396 §5)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from licensing.activation.device import authorization_details
from licensing.activation.device.responses import Refusal
from tests.licensing.activation.device.console import DETAIL, UPGRADE, without


def refusal(text: str) -> str:
    with pytest.raises(Refusal) as refused:
        authorization_details.read(text)
    assert refused.value.error == "invalid_authorization_details"
    return refused.value.description


@pytest.mark.parametrize("detail", [DETAIL, UPGRADE, DETAIL | {"host": ""}])
def test_good_details_are_read(detail: dict[str, str]) -> None:
    installation, key_hint = authorization_details.read(json.dumps([detail]))

    assert str(installation.instance_id) == DETAIL["instance_id"]
    assert installation.mode == detail["mode"]
    assert key_hint == ""


@pytest.mark.parametrize(
    "details",
    [
        None,
        "text",
        1,
        {},
        [],
        DETAIL,
        [DETAIL, DETAIL],
        [[DETAIL]],
        ["text"],
        [None],
        [{}],
        [without(DETAIL, "type")],
        [DETAIL | {"type": "other"}],
        [DETAIL | {"type": ["ras_activation"]}],
        [DETAIL | {"type": None}],
    ],
    ids=lambda details: json.dumps(details)[:30],
)
def test_it_is_one_object_of_one_type(details: object) -> None:
    assert refusal(json.dumps(details))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("mode", "install"),
        ("mode", ["activate"]),
        ("instance_id", "7f1cf0de"),
        ("instance_id", 7),
        ("instance_id", "7f1cf0de-66c5-4c0e-9f33-0d5a4d7a5f1\u0660"),
        ("instance_name", ""),
        ("instance_name", "   "),
        ("instance_name", "x" * 61),
        ("instance_name", "Farm\u202eOne"),
        ("instance_name", "Farm\nOne"),
        ("instance_name", {}),
        ("host", "x" * 254),
        ("host", "<script>"),
        ("host", "ras1 acme"),
        ("version", "twenty"),
        ("version", "20." + "0" * 20),
        ("version", "\u0662\u0660.0"),
        ("version", 20),
        ("from_version", "19.0"),
        ("key_hint", "short"),
        ("key_hint", "RAS1-00000-00000-00000-00001"),
        ("key_hint", "x" * 65),
        ("locations", ["https://portal.example"]),
        ("extra", 1),
        ("", ""),
    ],
)
def test_a_bad_field_is_named(field: str, value: object) -> None:
    assert f"{field}: " in refusal(json.dumps([DETAIL | {field: value}]))


@pytest.mark.parametrize("field", ["mode", "instance_id", "instance_name", "version"])
def test_a_missing_field_is_named(field: str) -> None:
    assert f"{field}: " in refusal(json.dumps([without(DETAIL, field)]))


@pytest.mark.parametrize(
    "change",
    [
        {"from_version": None},
        {"from_version": "20.0"},
        {"from_version": "20.1"},
        {"from_version": "soon"},
        {"version": "19.4"},
        {"version": "19"},
    ],
    ids=str,
)
def test_an_upgrade_leads_up(change: dict[str, Any]) -> None:
    assert "version: " in refusal(json.dumps([UPGRADE | change]))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[",
        "[" * 8000,
        "[{'type': 'ras_activation'}]",
        json.dumps([DETAIL])[:-2] + ', "mode": "activate"}]',
        json.dumps([DETAIL | {"extra": "\ud800"}]),
        json.dumps([DETAIL | {"instance_name": "a\0b"}]),
        json.dumps([DETAIL | {"extra": float("nan")}]),
        json.dumps([DETAIL]).ljust(8193),
    ],
    ids=lambda text: ascii(text[:20]),
)
def test_json_that_can_be_read_in_two_ways_is_refused(text: str) -> None:
    assert refusal(text)
