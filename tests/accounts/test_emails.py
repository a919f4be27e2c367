"""Every mail: what it carries, where it leads, and what a hostile name can do to it (DESIGN)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path

import allauth
import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

from accounts.directory.models import BusinessAccount, User
from accounts.membership.emails import (
    invitation,
    invitation_declined,
    join_requested,
    member_blocked,
    member_joined,
    member_removed,
    member_unblocked,
    role_changed,
)
from accounts.outbox.models import OutboxMail
from accounts.outbox.rendering import safe_name
from accounts.permissions import Role
from accounts.recovery.actions import recoveries, recovery_ends
from accounts.sign_in.emails import (
    Change,
    ChangeOrigin,
    from_allauth,
    mailbox_code,
    security_notice,
)
from onboarding.support.emails import support_message, support_receipt
from tests import factories

pytestmark = pytest.mark.django_db

DORA = "dora@winter.example"
HOSTILE = (
    "Eve +1 (800) 555-0199\r\nBcc: x@evil.example \u202ehttps://evil.com <b onclick=x>acme.com</b>"
)
_TEMPLATES = Path(allauth.__file__).parent / "templates"
_SHIPPED = {
    path.name.removesuffix("_subject.txt")
    for app in ("account", "mfa")
    for path in (_TEMPLATES / app / "email").glob("*_subject.txt")
}
# What changed about a sign-in: told by our own notice, to every address (actions/security.py).
NOTICES = {
    "email_changed",
    "email_confirm",
    "email_deleted",
    "password_changed",
    "password_reset",
    "password_set",
    "recovery_codes_generated",
    "totp_activated",
    "totp_deactivated",
    "webauthn_added",
    "webauthn_removed",
}
ALLAUTH = sorted(_SHIPPED - NOTICES)
CODES = ["email_confirmation", "email_confirmation_signup", "login_code", "password_reset_code"]


def mail_of_allauth(name: str, now: datetime, **more: str) -> OutboxMail:
    facts: dict[str, str] = {}
    if name in CODES:
        facts["code"] = "BCDF-GHJK"
    if name == "password_reset_key":
        facts["password_reset_url"] = (
            "https://evil.example/accounts/password/reset/key/1-k/?next=/b/"
        )
    return from_allauth(name, DORA, facts | more, now=now)


def ours(account: BusinessAccount, alice: User, now: datetime) -> list[OutboxMail]:
    person = factories.person("eve@acme.example", HOSTILE)
    membership = factories.member(account, person, now=now)
    invited = factories.invitation(account, DORA, by=person, now=now)
    bought = factories.invitation(account, "b@c.example", by=None, now=now, role=Role.ADMINISTRATOR)
    request = factories.join_request(account, DORA, now=now, name=HOSTILE)
    declined = invitation_declined(invited, now=now)
    assert declined
    return [
        invitation(invited, now=now),
        invitation(bought, now=now),
        declined,
        *join_requested(request, now=now),
        mailbox_code(email=DORA, code="BCDF-GHJK", now=now, expires_at=now + timedelta(minutes=15)),
        member_joined(membership, inviter=alice, now=now),
        role_changed(membership, by=person, now=now),
        member_blocked(membership, by=person, now=now),
        member_unblocked(membership, by=person, now=now),
        member_removed(account=account, user=person, by=person, now=now),
        support_message(
            reply_to=DORA,
            subject=HOSTILE,
            message=f"{HOSTILE}\nBye",
            context={"Page": HOSTILE},
            reference="7Q2K-DM4P",
            by=person,
            is_proven=False,
            now=now,
        ),
        support_receipt(email=DORA, subject=HOSTILE, reference="7Q2K-DM4P", now=now),
    ]


def about_recoveries(account: BusinessAccount, alice: User, now: datetime) -> None:
    person = factories.person("eve@acme.example", HOSTILE)
    factories.member(account, person, now=now)
    TOTP.activate(person, generate_totp_secret())
    recoveries.ask(user=person, now=now)
    for stopping in (True, False):
        recovery = recoveries.start(account=account, user=person, by=alice, now=now)
        if stopping:
            recoveries.stop(recovery=recovery, by=None, now=now)
    recovery_ends.complete_due(now=now + timedelta(days=1))


def check(mail: OutboxMail) -> None:
    assert mail.subject
    assert mail.text.strip()
    assert "<h1" in mail.html
    assert "BCDF-GHJK" not in mail.subject
    assert all("{" + mark not in mail.text + mail.html for mark in "{%")
    assert mail.subject.isprintable()
    links = re.findall(r"https?://[^\s\"<]+", mail.text + mail.html)
    assert all(link.startswith("http://testserver/") for link in links), links
    buttons = re.findall(r'class="action".*?<a href="([^"]+)"', mail.html)
    assert len(buttons) <= 1
    for button in buttons:
        assert f">{button}</a>" in mail.html, "in full below the button"
        assert button.replace("&amp;", "&") in mail.text
    for part in (mail.subject, mail.text, mail.html):
        assert "acme.com" not in part
        assert "evil.com" not in part
        assert "\u202e" not in part
        # Support calls people back; nobody else is given a stranger's number.
        assert mail.kind == "support_message" or "555" not in part
    assert "<b onclick" not in mail.html


@pytest.mark.parametrize("name", ALLAUTH)
def test_every_mail_of_allauth_is_in_our_words(name: str, now: datetime) -> None:
    mail = mail_of_allauth(name, now)

    check(mail)
    assert bool(re.search('class="action"', mail.html.partition("</head>")[2])) != (name in CODES)


def test_allauth_mails_are_all_known() -> None:
    assert set(CODES) < set(ALLAUTH)
    assert _SHIPPED >= NOTICES
    assert len(_SHIPPED) >= 15


@pytest.mark.parametrize("change", Change)
def test_every_notice_is_complete_and_hostile_names_are_harmless(
    change: Change, alice: User, now: datetime
) -> None:
    security_notice(
        change,
        user=alice,
        to=[DORA],
        detail=safe_name(HOSTILE),
        origin=ChangeOrigin(ip="192.0.2.7", user_agent=HOSTILE),
        now=now,
    )

    check(OutboxMail.objects.get())


def test_every_mail_of_ours_is_complete_and_hostile_names_are_harmless(
    acme: BusinessAccount, alice: User, now: datetime
) -> None:
    for mail in ours(acme, alice, now):
        check(mail)


def test_mails_about_a_recovery_are_complete_and_hostile_names_are_harmless(
    acme: BusinessAccount, alice: User, now: datetime
) -> None:
    about_recoveries(acme, alice, now)

    assert OutboxMail.objects.filter(kind__startswith="recovery_").count() == 1 + 2 * 2 + 2 * 2
    for mail in OutboxMail.objects.all():
        check(mail)


@pytest.mark.parametrize("name", CODES)
def test_a_code_stands_in_the_first_line_and_ends_in_time(name: str, now: datetime) -> None:
    mail = mail_of_allauth(name, now)

    assert "BCDF-GHJK" in mail.text.splitlines()[0]
    assert mail.expires_at == now + timedelta(minutes=15)


def test_a_reset_leads_to_the_portal_whatever_host_the_request_named(now: datetime) -> None:
    mail = mail_of_allauth("password_reset_key", now)

    assert "http://testserver/accounts/password/reset/key/1-k/?next=/b/" in mail.text
    assert "evil.example" not in mail.text + mail.html
    assert mail.expires_at == now + timedelta(hours=1)
