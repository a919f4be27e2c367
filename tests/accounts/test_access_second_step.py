"""An account that wants two-step sign-in sends people to set it up, and the log says who was
turned away, and why."""

from __future__ import annotations

from datetime import datetime

import pytest

from accounts.directory.models import BusinessAccount, User
from accounts.membership.actions import members
from accounts.web import security_log
from tests.accounts.recording import Recorder
from tests.personas import SignIn, membership_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    recorder = Recorder()
    monkeypatch.setattr(security_log, "log", recorder)
    return recorder


@pytest.mark.parametrize(("method", "leads_back"), [("get", True), ("head", True), ("post", False)])
def test_alice_sets_up_her_second_step_and_is_led_back_to_what_she_read(
    method: str,
    leads_back: bool,
    acme: BusinessAccount,
    alice: User,
    sign_in: SignIn,
    written: Recorder,
) -> None:
    browser = sign_in(alice)
    acme.require_two_step = True
    acme.save(update_fields=["require_two_step"])

    answer = getattr(browser, method)(f"/b/{acme.slug}/settings/")

    assert answer.status_code == 302
    assert f"required={acme.slug}" in answer["Location"]
    assert ("next=" in answer["Location"]) is leads_back
    assert "two_steps" in str(written.lines)


def test_a_blocked_member_is_logged_as_blocked(
    acme: BusinessAccount,
    alice: User,
    mia: User,
    sign_in: SignIn,
    written: Recorder,
    now: datetime,
) -> None:
    members.block(membership=membership_of(mia, acme), by=alice, now=now)

    sign_in(mia).get(f"/b/{acme.slug}/")

    assert "blocked" in str(written.lines)
