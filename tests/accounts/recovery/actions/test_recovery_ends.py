"""After 24 hours the second step is gone; unless somebody stopped it, or may no longer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client

from accounts.directory.models import BusinessAccount, User
from accounts.outbox.models import OutboxMail
from accounts.permissions import Role
from accounts.recovery.actions import recoveries, recovery_ends
from accounts.recovery.models import SecondStepRecovery
from tests import factories, mails
from tests.factories import PASSWORD
from tests.personas import membership_of

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]
DAY: Final = timedelta(hours=24)


@pytest.fixture
def recovery(acme: BusinessAccount, alice: User, mia: User, now: datetime) -> SecondStepRecovery:
    TOTP.activate(mia, generate_totp_secret())
    RecoveryCodes.activate(mia)
    return recoveries.start(account=acme, user=mia, by=alice, now=now - DAY)


def has_second_step(user: User) -> bool:
    return bool(Authenticator.objects.filter(user=user).count())


def sign_in(email: str, password: str = PASSWORD) -> tuple[Client, Any]:
    browser = Client()
    form = {"login": email, "password": password}
    return browser, browser.post("/accounts/login/", form, follow=True)


def type_code(browser: Client, email: str) -> Any:
    code = mails.code_in(mails.latest(email, "login_code"))
    return browser.post("/accounts/login/code/confirm/", {"code": code})


def is_signed_in(browser: Client) -> bool:
    return browser.get("/b/").status_code == 200


def test_nothing_happens_before_its_time(
    recovery: SecondStepRecovery, mia: User, now: datetime
) -> None:
    assert recovery_ends.complete_due(now=now - timedelta(seconds=1)) == 0
    assert has_second_step(mia)


def test_then_the_second_step_is_gone_sessions_end_and_all_are_told(
    acme: BusinessAccount, recovery: SecondStepRecovery, mia: User, now: datetime
) -> None:
    elsewhere = Client()
    elsewhere.force_login(mia)
    assert recovery_ends.complete_due(now=now) == 1
    assert recovery_ends.complete_due(now=now) == 0

    assert not has_second_step(mia)
    told = OutboxMail.objects.filter(kind="recovery_ended").values_list("to", flat=True)
    assert sorted(told) == ["alice@acme.example", "mia@acme.example"]
    assert acme.events.latest("pk").event == "recovery.completed"
    assert mails.latest(mia.email).subject == "Your second step at Northbeam was removed"


def test_a_session_elsewhere_ends(
    acme: BusinessAccount, alice: User, mia: User, now: datetime
) -> None:
    elsewhere, _page = sign_in(mia.email)
    TOTP.activate(mia, generate_totp_secret())
    recoveries.start(account=acme, user=mia, by=alice, now=now - DAY)

    recovery_ends.complete_due(now=now)

    assert not is_signed_in(elsewhere)


def test_a_password_alone_is_not_enough_then_and_a_code_once_is(
    recovery: SecondStepRecovery, mia: User, now: datetime
) -> None:
    recovery_ends.complete_due(now=now)

    browser, page = sign_in(mia.email)
    assert not is_signed_in(browser)
    assert "Enter your sign-in code" in page.content.decode()
    type_code(browser, mia.email)
    assert is_signed_in(browser)

    browser, _page = sign_in(mia.email)
    assert is_signed_in(browser)


def test_a_mailed_code_alone_is_not_enough_either(
    recovery: SecondStepRecovery, mia: User, now: datetime
) -> None:
    recovery_ends.complete_due(now=now)
    browser = Client()

    browser.post("/accounts/login/code/", {"email": mia.email})
    answer = type_code(browser, mia.email)

    assert not is_signed_in(browser)
    page = browser.get(answer["Location"]).content.decode()
    assert "an emailed code isn" in page


def test_after_a_reset_the_code_is_asked_for_too(
    recovery: SecondStepRecovery, mia: User, now: datetime
) -> None:
    recovery_ends.complete_due(now=now)
    browser = Client()
    browser.post("/accounts/password/reset/", {"email": mia.email})
    link = mails.link_in(mails.latest(mia.email), "/password/reset/key/")
    page = browser.get(link, follow=True).redirect_chain[-1][0]
    new = "a brand new pass phrase"

    browser.post(page, {"password1": new, "password2": new})
    assert not is_signed_in(browser)
    type_code(browser, mia.email)

    assert is_signed_in(browser)


def test_where_a_second_step_is_required_a_code_is_asked_for_until_there_is_one(
    acme: BusinessAccount, recovery: SecondStepRecovery, mia: User, now: datetime
) -> None:
    acme.require_two_step = True
    acme.save()
    recovery_ends.complete_due(now=now)

    for _round in range(2):
        browser, _page = sign_in(mia.email)
        assert not is_signed_in(browser)
        type_code(browser, mia.email)
        assert is_signed_in(browser)
    TOTP.activate(mia, generate_totp_secret())

    assert not recovery_ends.is_unsettled(mia)


def test_a_sign_in_that_waits_at_the_second_step_starts_over(
    recovery: SecondStepRecovery, mia: User, now: datetime
) -> None:
    browser, page = sign_in(mia.email)
    assert page.redirect_chain[-1][0] == "/accounts/2fa/authenticate/"
    recovery_ends.complete_due(now=now)

    answer = browser.get("/accounts/2fa/authenticate/", follow=True)

    assert answer.redirect_chain[-1][0] == "/accounts/login/"
    assert not is_signed_in(browser)


def demote(acme: BusinessAccount, alice: User, mia: User) -> None:
    acme.memberships.filter(user=alice).update(role=Role.LICENSE_MANAGER)


def block(acme: BusinessAccount, alice: User, mia: User) -> None:
    acme.memberships.filter(user=alice).update(blocked_at=membership_of(mia, acme).created_at)


def remove(acme: BusinessAccount, alice: User, mia: User) -> None:
    acme.memberships.filter(user=alice).delete()


def disable(acme: BusinessAccount, alice: User, mia: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)


def join_elsewhere(acme: BusinessAccount, alice: User, mia: User) -> None:
    other = factories.business_account(
        "Else", administrator=mia, now=membership_of(mia, acme).created_at
    )
    assert other.memberships.exists()


def become_staff(acme: BusinessAccount, alice: User, mia: User) -> None:
    User.objects.filter(pk=mia.pk).update(is_staff=True)


@pytest.mark.parametrize(
    "meanwhile", [demote, block, remove, disable, join_elsewhere, become_staff]
)
def test_who_may_no_longer_start_it_has_started_nothing(
    meanwhile: Callable[..., None],
    acme: BusinessAccount,
    alice: User,
    recovery: SecondStepRecovery,
    mia: User,
    now: datetime,
) -> None:
    meanwhile(acme, alice, mia)

    recovery_ends.complete_due(now=now)

    assert has_second_step(mia)
    recovery.refresh_from_db()
    assert recovery.stopped_because == "no_right"
    assert "may no longer do that" in mails.latest(mia.email).text


def test_one_of_staff_who_left_has_started_nothing(mia: User, sam: User, now: datetime) -> None:
    TOTP.activate(mia, generate_totp_secret())
    tess = factories.person("tess@portal.example")
    User.objects.filter(pk=tess.pk).update(is_staff=True)
    tess.refresh_from_db()
    recovery = recoveries.start_by_vendor(user=mia, by=sam, now=now - DAY)
    recoveries.approve(recovery=recovery, by=tess, now=now - DAY)
    User.objects.filter(pk=tess.pk).update(is_staff=False)

    recovery_ends.complete_due(now=now)

    assert has_second_step(mia)


def test_what_nobody_approves_in_seven_days_is_over(mia: User, sam: User, now: datetime) -> None:
    TOTP.activate(mia, generate_totp_secret())
    recovery = recoveries.start_by_vendor(user=mia, by=sam, now=now - timedelta(days=7))

    recovery_ends.complete_due(now=now)

    recovery.refresh_from_db()
    assert recovery.stopped_because == "not_approved"
    assert has_second_step(mia)


def test_using_the_second_step_meanwhile_stops_it(
    acme: BusinessAccount, recovery: SecondStepRecovery, mia: User, now: datetime
) -> None:
    codes = RecoveryCodes(Authenticator.objects.get(user=mia, type="recovery_codes"))
    browser, _page = sign_in(mia.email)

    browser.post("/accounts/2fa/authenticate/", {"code": codes.get_unused_codes()[0]})

    assert is_signed_in(browser)
    recovery.refresh_from_db()
    assert recovery.stopped_because == "used"
    assert "The second step was used" in mails.latest("alice@acme.example").text
    assert acme.events.filter(event="recovery.stopped").exists()
