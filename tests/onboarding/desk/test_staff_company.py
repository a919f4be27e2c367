"""A company's page: what stands out comes first, and what is handed on names nobody."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts import outbox
from accounts.directory.models import BusinessAccount, User
from accounts.membership.actions import claims
from accounts.membership.models import Invitation
from accounts.outbox.models import OutboxMail
from licensing.licenses.models import Key
from tests import factories
from tests.licensing import license_factories
from tests.personas import SignIn, membership_of

pytestmark = pytest.mark.django_db


def shown(desk: Client, account: BusinessAccount) -> str:
    return desk.get(reverse("staff_company", args=[account.slug])).content.decode()


def troubles(desk: Client, account: BusinessAccount) -> list[tuple[str, str]]:
    context = desk.get(reverse("staff_company", args=[account.slug])).context
    return [(each.at, str(each.text)) for each in context["troubles"]]


def test_a_company_without_troubles_shows_none(
    desk: Client, acme: BusinessAccount, now: datetime
) -> None:
    license_factories.subscription(acme, now=now)

    assert troubles(desk, acme) == []


def test_what_stands_out_is_said_first(
    desk: Client, acme: BusinessAccount, alice: User, mia: User, now: datetime
) -> None:
    claims.make(account=acme, by=mia, reason="Alice left.", now=now - timedelta(days=15))
    license_factories.subscription(
        acme, now=now - timedelta(days=400), ends_on=now.date() - timedelta(days=60)
    )
    factories.invitation(acme, "old@acme.example", by=alice, now=now - timedelta(days=20))
    outbox.post(kind="t", to="a@b.example", subject="x", text="", html="", now=now, account=acme)
    OutboxMail.objects.filter(to="a@b.example").update(attempts=3)

    assert troubles(desk, acme) == [
        ("claims", "A claim needs your decision."),
        ("invitations", "1 invitation can't be accepted: bounced, suspended or expired."),
        ("mails", "1 email can't be sent."),
        ("licenses", "None of its licenses is active today."),
    ]


def test_an_account_that_nobody_administers_says_who_is_invited(
    desk: Client, acme: BusinessAccount, alice: User, now: datetime
) -> None:
    membership_of(alice, acme).delete()
    nobody = troubles(desk, acme)
    factories.invitation(acme, "jane@acme.example", by=None, now=now, role="administrator")

    assert nobody == [
        ("invitations", "This account has no administrator, and nobody is invited to become one.")
    ]
    assert "jane@acme.example is invited: Sent." in troubles(desk, acme)[0][1]


def test_a_disabled_administrator_does_not_count(
    desk: Client, acme: BusinessAccount, alice: User
) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)

    assert troubles(desk, acme)[0][0] == "invitations"


def test_an_account_that_was_merged_away_leads_to_where_all_is(
    desk: Client, acme: BusinessAccount, globex: BusinessAccount
) -> None:
    globex.memberships.all().delete()
    globex.merged_into = acme
    globex.save(update_fields=["merged_into"])

    away, here = shown(desk, globex), shown(desk, acme)
    found = desk.get(reverse("staff_desk"), {"q": "Globex"}).content.decode()

    link = '<a href="{}">{}</a>'
    address = reverse("staff_company", args=[acme.slug])
    assert f"Merged into {link.format(address, acme)}, which now has everything it had." in away
    assert troubles(desk, globex) == []
    address = reverse("staff_company", args=[globex.slug])
    assert f"{link.format(address, globex)} was merged into this account." in here
    assert "merged into Acme Corp" in found


def test_the_summary_to_hand_on_names_nobody(
    desk: Client, acme: BusinessAccount, alice: User, mia: User, now: datetime
) -> None:
    license_factories.purchase(acme, email="jane@winter.example", now=now, order_number="N-4711")
    license_factories.instance(acme, now=now, name="Farm of Mia Chen")
    factories.invitation(acme, "new@acme.example", by=alice, now=now)

    summary = desk.get(reverse("staff_company", args=[acme.slug])).context["summary"]

    assert "Members: 1 administrator, 1 member" in summary
    assert "Invitations: 1 sent" in summary
    assert "Purchases: N-4711" in summary
    code = Key.objects.get().code
    for secret in ("@", "Alice", "Mia", "Acme Corp", code, code[-5:]):
        assert secret not in summary


def test_a_long_story_stays_short_and_loses_nothing(
    desk: Client, acme: BusinessAccount, alice: User, now: datetime
) -> None:
    factories.crowd(acme, 12)
    Invitation.objects.update(revoked_at=now)
    for number in range(10):
        outbox.post(
            kind="t",
            to=f"m{number}@acme.example",
            subject="x",
            text="",
            html="",
            now=now,
            account=acme,
        )

    page = shown(desk, acme)

    assert "3 more members" in page
    assert "2 older emails" in page
    assert "m0@acme.example" in page


def test_the_menu_leads_staff_to_the_desk_and_nobody_else(
    desk: Client, alice: User, sign_in: SignIn
) -> None:
    link = f'href="{reverse("staff_desk")}"'

    assert link in desk.get("/b/", follow=True).content.decode()
    assert link not in sign_in(alice).get("/b/", follow=True).content.decode()


def test_staff_who_belong_to_no_company_begin_at_the_desk(desk: Client) -> None:
    assert desk.get("/")["Location"] == reverse("staff_desk")


def test_records_are_open_to_staff_and_change_nothing(desk: Client, acme: BusinessAccount) -> None:
    row = f"/admin/accounts/businessaccount/{acme.pk}/change/"

    page = desk.get(row).content.decode()

    assert reverse("staff_company", args=[acme.slug]) in page
    assert 'name="_save"' not in page
    assert desk.post(row, {"name": "Mine"}).status_code == 403
