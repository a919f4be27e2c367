"""The security log: each refusal leaves one line that says who, where and why, and no secret."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pytest
from django.conf import settings
from django.test import Client

from accounts.directory.models import BusinessAccount, User
from accounts.membership.actions import members
from accounts.permissions import Role
from accounts.web import security_log
from tests.accounts.recording import Recorder, stranger, told
from tests.personas import membership_of

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]

PASSWORD: Final = "wrong horse battery staple"
FORM: Final = "application/x-www-form-urlencoded"


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorder]:
    recorder = Recorder()
    monkeypatch.setattr(security_log, "log", recorder)
    yield recorder
    assert PASSWORD not in str(recorder.lines)


REFUSED: Final[dict[str, tuple[Callable[[], Any], tuple[str, str]]]] = {
    "another site's form": (
        lambda: stranger().post("/support/", headers={"sec-fetch-site": "cross-site"}),
        ("authz_fail", "cross_site"),
    ),
    "a form without its token": (
        lambda: Client(enforce_csrf_checks=True).post("/support/"),
        ("authz_fail", "csrf"),
    ),
    "another host": (
        lambda: stranger().get("/", headers={"host": "evil.example"}),
        ("input_validation_fail", "host"),
    ),
    "an odd method": (
        lambda: stranger().generic("FOO", "/start/"),
        ("input_validation_fail", "method"),
    ),
    "NUL in an address": (
        lambda: stranger().get("/start/?task=%00"),
        ("input_validation_fail", "malformed"),
    ),
    "a form with faults": (
        lambda: stranger().post("/accounts/signup/", {"email": "a@b.example"}),
        ("input_validation_fail", "name:required,password1:required"),
    ),
    "no token": (lambda: stranger().get("/api/v1/instance"), ("authn_token_fail", "token_missing")),
    "a wrong token": (
        lambda: stranger().get("/api/v1/instance", headers={"authorization": f"Bearer {PASSWORD}"}),
        ("authn_token_fail", "token_invalid"),
    ),
    "a wrong vendor": (
        lambda: stranger().post(
            "/api/v1/purchases", {}, headers={"authorization": f"Bearer {PASSWORD}"}
        ),
        ("authn_token_fail", "token_invalid"),
    ),
    "a wrong device code": (
        lambda: stranger().post(
            "/oauth/token",
            "client_id=ras-console&device_code=nothing"
            "&grant_type=urn:ietf:params:oauth:grant-type:device_code",
            content_type=FORM,
        ),
        ("authn_token_fail", "invalid_grant"),
    ),
    "a made-up invitation": (
        lambda: stranger().get("/invitations/bm90aGluZw/"),
        ("authn_token_fail", "link"),
    ),
    "a code that nobody waits with": (
        lambda: stranger().get("/activate/?code=BCDF-GHJK"),
        ("activation_code_fail", "not_waiting"),
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_strangers_refusal_is_one_line(written: Recorder, case: str) -> None:
    ask, expected = REFUSED[case]

    answer = ask()

    assert told(written_line := written.only()) == expected
    assert written_line["actor"] == "-"
    assert answer["X-Request-Id"] == written_line["request_id"]


def test_a_changed_role_is_written_once_it_holds(
    acme: BusinessAccount, alice: User, mia: User, now: datetime, written: Recorder,
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    with django_capture_on_commit_callbacks(execute=True):
        members.change_role(
            membership=membership_of(mia, acme), role=Role.LICENSE_MANAGER, by=alice, now=now
        )
        assert written.lines == []

    (line,) = written.lines
    assert told(line) == ("authz_change", "member.role_changed")
    assert (line["actor"], line["account"]) == (str(alice.pk), acme.slug)


def test_the_document_lists_all_events_and_no_other() -> None:
    text = (Path(settings.BASE_DIR) / "docs" / "security-log.md").read_text()
    listed = re.findall(r"^\| `(\w+)` \| (refusal|act) \| (.+) \|$", text, re.MULTILINE)

    assert listed == [
        (event.name, "refusal" if event.is_refusal else "act", event.meaning)
        for event in sorted(security_log.EVENTS.values(), key=lambda event: event.name)
    ]
