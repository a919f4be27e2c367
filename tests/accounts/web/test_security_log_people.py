"""The security log says who was refused, and who did what: people of all kinds."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.directory.models import BusinessAccount, User
from accounts.outbox.views.webhooks import guarded
from accounts.permissions import Role
from accounts.web import security_log
from tests import factories
from tests.accounts.recording import Recorder, stranger, told
from tests.licensing import license_factories
from tests.personas import SignIn, membership_of

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]

PASSWORD = "wrong horse battery staple"


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    recorder = Recorder()
    monkeypatch.setattr(security_log, "log", recorder)
    return recorder


def test_a_brute_force_can_be_seen(alice: User, written: Recorder) -> None:
    """All tries at one address are of one target, from one network, and then over the limit."""
    address, lines = reverse("account_login"), []
    for _try in range(7):
        stranger().post(address, {"login": "Alice@acme.example", "password": PASSWORD})
        lines.append(written.only())

    assert [told(line) for line in lines] == [
        *[("authn_login_fail", "password")] * 5,
        *[("excess_rate_limit_exceeded", "sign_in_network")] * 2,
    ]
    (target,) = {line["target"] for line in lines[:5]}
    assert re.fullmatch(r"[0-9a-f]{12}", target)
    stranger().post(address, {"login": "bob@acme.example", "password": PASSWORD})
    assert written.only().get("target") != target


def test_signing_in_and_out_is_written(alice: User, written: Recorder) -> None:
    browser = Client()
    browser.post(reverse("account_login"), {"login": alice.email, "password": factories.PASSWORD})
    browser.post(reverse("account_logout"))

    assert [(line["event"], line["actor"], line["reason"]) for line in written.lines] == [
        ("authn_login_success", str(alice.pk), "password"),
        ("session_ended", str(alice.pk), "-"),
    ]


def test_a_wrong_second_step_is_one_line(alice: User, written: Recorder) -> None:
    TOTP.activate(alice, generate_totp_secret())
    browser = Client()
    browser.post(reverse("account_login"), {"login": alice.email, "password": factories.PASSWORD})
    written.lines.clear()

    browser.post(reverse("mfa_authenticate"), {"code": "000000"})

    line = written.only()
    assert told(line) == ("authn_login_fail", "second_step")
    assert line["actor"] == str(alice.pk)


def test_a_wrong_password_when_asked_again_is_one_line(
    alice: User, sign_in: SignIn, written: Recorder
) -> None:
    browser = sign_in(alice, proven_at=0)

    browser.post(reverse("account_reauthenticate"), {"password": PASSWORD})

    line = written.only()
    assert line["event"] == "authn_login_fail"
    assert line["actor"] == str(alice.pk)


def test_who_may_not_is_named_with_the_account(
    acme: BusinessAccount, mia: User, charlie: User, sign_in: SignIn, written: Recorder
) -> None:
    sign_in(mia).get(f"/b/{acme.slug}/settings/")
    line = written.only()
    assert (line["event"], line["actor"], line["account"]) == ("authz_fail", str(mia.pk), acme.slug)
    assert line["reason"].startswith("role:")

    sign_in(charlie).get(f"/b/{acme.slug}/")
    line = written.only()
    assert told(line) == ("authz_fail", "not_a_member")
    assert (line["actor"], line["account"]) == (str(charlie.pk), acme.slug)


def test_another_companys_object_is_one_line(
    acme: BusinessAccount, globex: BusinessAccount, alice: User, now: datetime,
    sign_in: SignIn, written: Recorder,
) -> None:  # fmt: skip
    theirs = license_factories.instance(globex, now=now)

    sign_in(alice).get(f"/b/{acme.slug}/instances/{theirs.public_id}/")

    line = written.only()
    assert told(line) == ("authz_fail", "not_theirs")
    assert (line["actor"], line["account"]) == (str(alice.pk), acme.slug)


def test_an_address_that_nobody_has_is_no_refusal(written: Recorder) -> None:
    stranger().get("/nowhere/")

    assert written.lines == []


def test_staff_pages_say_whom_they_refuse(
    alice: User, sam: User, sign_in: SignIn, written: Recorder
) -> None:
    sign_in(alice).get("/admin/", follow=True)
    assert told(written.only()) == ("authz_fail", "not_staff")

    sign_in(sam).get("/admin/licensing/key/?code__startswith=R")
    line = written.only()
    assert (line["event"], line["actor"]) == ("input_validation_fail", str(sam.pk))

    Authenticator.objects.all().delete()
    written.lines.clear()
    sign_in(sam).get("/admin/", follow=True)
    assert told(written.only()) == ("authz_fail", "two_steps")


def test_a_wrong_webhook_is_one_line(written: Recorder) -> None:

    request = RequestFactory().post("/anymail/postmark/tracking/")
    request.id = "ABC-DEFG"  # type: ignore[attr-defined]

    security_log.answered(request, guarded(lambda _request: HttpResponse())(request))

    assert told(written.only()) == ("authn_token_fail", "credentials")


def test_a_limit_is_one_line(written: Recorder) -> None:
    answers = []
    for number in range(6):
        written.lines.clear()
        answers.append(stranger().post("/start/find/", {"email": f"a{number}@b.example"}))

    assert [answer.status_code for answer in answers][4:] == [302, 429]
    assert told(written.only()) == ("excess_rate_limit_exceeded", "find")


def test_a_refused_act_is_one_line(
    acme: BusinessAccount, alice: User, sign_in: SignIn, written: Recorder
) -> None:
    me = membership_of(alice, acme)

    sign_in(alice).post(f"/b/{acme.slug}/members/{me.public_id}/role/", {"role": Role.MEMBER})

    assert told(written.only()) == ("act_refused", "last_administrator")
