"""Bodies that no console sends: a clear refusal each, never a 5xx, and nothing is kept."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime
from typing import Any, Final

import pytest

from licensing.enrollment.models import EnrollmentToken
from licensing.fleet.models import UsageDay
from licensing.licenses.models import Instance
from tests.licensing.api.licensed_instance import ApiClient, LicensedInstance, facts, refusal

pytestmark = pytest.mark.django_db
UNREADABLE: Final = [
    b"",
    b"{",
    b"\xef\xbb\xbf{}",
    "{}".encode("utf-16"),
    b'{"version": "\xff"}',
    b'{"version": "\\ud800"}',
    b'{"version": "20.0\\u0000"}',
    b'{"version": "20.0", "version": "21.0"}',
    b'{"version": NaN}',
    b'{"version": -Infinity}',
    b'{"version": 1e400}',
    b'{"version": ' + b"9" * 5000 + b"}",
    b'{"a":' * 33 + b"1" + b"}" * 33,
    b"[" * 60_000,
    b"{} {}",
    b"version=20.0",
    b"<version/>",
]
ODD_VALUES: Final[list[Any]] = [
    None,
    True,
    0,
    -1,
    2**62,
    1.5,
    "",
    " ",
    "0" * 5000,
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "\u202e",
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    [],
    {},
    [[]],
    {"date": "2026-11-24"},
    "2026-13-45",
    "2026-11-24T00:00:00Z",
    "0000-00-00",
    "٢٠٢٦-١١-٢٤",
]


@pytest.mark.parametrize("body", UNREADABLE, ids=lambda body: ascii(body[:30]))
def test_what_can_be_read_in_two_ways_is_refused(
    farm: LicensedInstance, machine: ApiClient, body: bytes
) -> None:
    expected = (400, "body_unreadable") if body else (422, "fields_invalid")

    refusal(farm.asker.post("/instance/check-ins", body), *expected)
    refusal(machine.post("/activations", body), *expected)


@pytest.mark.parametrize("body", [b"[]", b"null", b'"text"', b"7", b"[{}]"])
def test_the_body_is_an_object(farm: LicensedInstance, body: bytes) -> None:
    problem = refusal(farm.asker.post("/instance/check-ins", body), 422, "fields_invalid")

    assert [error["pointer"] for error in problem["errors"]] == [""]


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/json; charset=utf-16",
        "multipart/form-data; boundary=x",
        "application/jsonx",
    ],
)
def test_only_json_is_read(farm: LicensedInstance, content_type: str) -> None:
    response = farm.asker.post(
        "/instance/check-ins", {"version": "20.0"}, content_type=content_type
    )

    refusal(response, 415, "not_json")


@pytest.mark.parametrize("content_type", ["application/json; charset=UTF-8", "Application/JSON"])
def test_json_is_read_however_its_type_is_spelled(
    farm: LicensedInstance, content_type: str
) -> None:
    response = farm.asker.post(
        "/instance/check-ins", {"version": "20.0"}, content_type=content_type
    )

    assert response.status_code == 200


@pytest.mark.parametrize("size", [64 * 1024 + 1, 1_000_001])
def test_a_large_body_is_refused(farm: LicensedInstance, size: int) -> None:
    body = json.dumps({"version": "20.0"}).encode().ljust(size)

    refusal(farm.asker.post("/instance/check-ins", body), 413, "body_too_large")


def test_the_largest_body_is_read(farm: LicensedInstance) -> None:
    body = json.dumps({"version": "20.0"}).encode().ljust(64 * 1024)

    assert farm.asker.post("/instance/check-ins", body).status_code == 200


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, [("/version", "This field is required.")]),
        ({"version": "20.0", "seats": 5}, [("/seats", "This field is unknown.")]),
        ({"version": "20.0", "a/b~": 5}, [("/a~1b~0", "This field is unknown.")]),
        ({"version": 20.0}, [("/version", "This must be text.")]),
        ({"version": "v20"}, [("/version", "A version looks like 20.0.")]),
        ({"version": "20.0", "usage": {}}, [("/usage", "This must be a list.")]),
        ({"version": "20.0", "usage": [7]}, [("/usage/0", "This must be an object.")]),
        (
            {"version": "20.0", "usage": [{"date": 20261124, "peak_users": "5"}]},
            [
                ("/usage/0/date", "This must be a day, like 2026-11-24."),
                ("/usage/0/peak_users", "This must be a whole number."),
            ],
        ),
        (
            {"version": "20.0", "usage": [{"date": "2026-02-30", "peak_users": -1}]},
            [
                ("/usage/0/date", "This must be a day, like 2026-11-24."),
                ("/usage/0/peak_users", "This must be 0 or more."),
            ],
        ),
        (
            {"version": "20.0", "usage": [{"date": "2026-11-24", "peak_users": 1.5}]},
            [("/usage/0/peak_users", "This must be a whole number.")],
        ),
        (
            {"version": "20.0", "usage": [{"date": "2026-11-24", "peak_users": 1_000_001}]},
            [("/usage/0/peak_users", "This must be 1000000 or less.")],
        ),
        (
            {"version": "20.0", "usage": [{"date": "2026-11-24", "peak_users": 1}] * 401},
            [("/usage", "Send at most 400 entries.")],
        ),
    ],
    ids=lambda value: str(value)[:40],
)
def test_each_wrong_field_is_named_with_its_place(
    farm: LicensedInstance, body: dict[str, Any], errors: list[tuple[str, str]]
) -> None:
    problem = refusal(farm.asker.post("/instance/check-ins", body), 422, "fields_invalid")

    assert [(error["pointer"], error["detail"]) for error in problem["errors"]] == errors


def test_a_whole_number_is_one_however_it_is_written(farm: LicensedInstance) -> None:
    today = str(datetime.now(UTC).date())
    body = f'{{"version": "20.0", "usage": [{{"date": "{today}", "peak_users": 4.1e1}}]}}'

    farm.asker.post("/instance/check-ins", body.encode())

    assert UsageDay.objects.get().peak_users == 41


@pytest.mark.parametrize("field", sorted(facts(from_version=0, key=0, key_hint=0)))
def test_no_odd_value_breaks_an_activation(machine: ApiClient, field: str) -> None:
    EnrollmentToken.objects.update(uses_allowed=100)
    for value in ODD_VALUES:
        instance_id = str(uuid.uuid4())

        response = machine.post("/activations", facts(instance_id=instance_id) | {field: value})

        assert response.status_code in (201, 409, 422), value
        if response.status_code != 201:
            assert response["Content-Type"] == "application/problem+json"
            assert not Instance.objects.filter(instance_id=instance_id).exists()


@pytest.mark.parametrize("field", ["version", "usage", "date", "peak_users"])
def test_no_odd_value_breaks_a_check_in(farm: LicensedInstance, field: str) -> None:
    for value in ODD_VALUES:
        day: dict[str, Any] = {"date": str(datetime.now(UTC).date()), "peak_users": 1}
        body: dict[str, Any] = {"version": "20.0", "usage": [day]}
        (day if field in day else body)[field] = value
        UsageDay.objects.all().delete()

        response = farm.asker.post("/instance/check-ins", body)

        assert response.status_code in (200, 422), value
        if response.status_code == 422:
            refusal(response, 422, "fields_invalid")
            assert not UsageDay.objects.exists()
