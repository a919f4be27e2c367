"""The staff's desk: for staff with two steps only, and good enough to help a caller."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from accounts import outbox
from accounts.audit.models import AuditEvent
from accounts.directory.models import BusinessAccount, User
from accounts.membership.actions import claims, invitations, vendor_invitations
from accounts.membership.models import Invitation
from accounts.outbox.models import OutboxMail, Status
from accounts.permissions import Role
from licensing.licenses.models import Key
from licensing.purchases import emails as licensing_emails
from tests import factories
from tests.licensing import license_factories
from tests.personas import SignIn, membership_of

pytestmark = pytest.mark.django_db


def found(desk: Client, words: str) -> str:
    return desk.get(reverse("staff_desk"), {"q": words}).content.decode()


def test_a_company_is_found_by_whatever_the_caller_can_say(
    acme: BusinessAccount, alice: User, now: datetime, desk: Client
) -> None:
    bought = license_factories.purchase(
        acme, email="jane@winter.example", now=now, order_number="N-4711"
    )
    code = Key.objects.get(license=bought.license).code
    instance = license_factories.instance(acme, now=now, host="ras7.acme.internal")
    EmailAddress.objects.create(user=alice, email="alice@winter.example", verified=True)
    where = reverse("staff_company", args=[acme.slug])

    for words in (
        "acme co",
        acme.slug,
        "Alice@ACME.example",
        "alice@winter.example",
        "acme.example",
        "jane@winter.example",
        "winter.example",
        "n-4711",
        code.lower(),
        code[-5:].lower(),
        "RAS7.acme.internal",
        str(instance.instance_id),
    ):
        assert where in found(desk, words), words
    assert "Nothing found" in found(desk, "globex")
    assert "Nothing found" in found(desk, "%_\\")


def test_the_story_of_a_company_is_on_one_page(
    acme: BusinessAccount, alice: User, mia: User, now: datetime, desk: Client
) -> None:
    license_factories.purchase(acme, email="jane@winter.example", now=now, order_number="N-4711")
    license_factories.instance(acme, now=now, name="Farm Graz")
    invitations.send(
        account=acme, addresses=["new@acme.example"], role=Role.MEMBER, by=alice, now=now
    )

    page = desk.get(reverse("staff_company", args=[acme.slug])).content.decode()

    for text in ("N-4711", "Farm Graz", "new@acme.example", "Mia Chen", "Alice Reyes invited"):
        assert text in page


def test_nobody_else_gets_in(
    acme: BusinessAccount, alice: User, sam: User, sign_in: SignIn
) -> None:
    Authenticator.objects.all().delete()

    for browser in (Client(), sign_in(alice), sign_in(sam)):
        assert browser.get(reverse("staff_desk")).status_code in (302, 403)
        assert browser.get(reverse("staff_company", args=[acme.slug])).status_code in (302, 403)


def test_staff_sends_an_invitation_again(
    acme: BusinessAccount, alice: User, now: datetime, desk: Client
) -> None:
    old = factories.invitation(acme, "new@acme.example", by=alice, now=now - timedelta(days=20))

    desk.post(reverse("staff_resend", args=[old.public_id]))

    again = Invitation.objects.get()
    assert again.expires_at > now
    assert again.invited_by == alice
    assert OutboxMail.objects.filter(to="new@acme.example").exists()


def test_a_mistyped_primary_email_is_corrected_and_invited(
    acme: BusinessAccount, now: datetime, desk: Client
) -> None:
    acme.memberships.all().delete()
    bought = license_factories.purchase(acme, email="jane@wniter.example", now=now)
    factories.invitation(acme, "jane@wniter.example", by=None, now=now, role="administrator")
    url = reverse("staff_purchase_email", args=[bought.license.public_id])

    refused = desk.post(url, {"email": "nonsense"})
    desk.post(url, {"email": "Jane@winter.example"})

    assert "Enter an email address" in refused.content.decode()
    bought.refresh_from_db()
    assert bought.primary_email == "jane@winter.example"
    assert Invitation.objects.open().get().email == "jane@winter.example"
    corrected = AuditEvent.objects.get(event="purchase.email_corrected")
    assert corrected.details["before"] == "jane@wniter.example"


def test_staff_tries_and_cancels_waiting_mails(
    acme: BusinessAccount, alice: User, now: datetime, desk: Client
) -> None:
    invitations.send(
        account=acme, addresses=["new@acme.example"], role=Role.MEMBER, by=alice, now=now
    )
    mail = OutboxMail.objects.get()
    OutboxMail.objects.update(next_attempt_at=now + timedelta(hours=1))

    desk.post(reverse("staff_mail_try", args=[mail.public_id]))
    mail.refresh_from_db()
    assert mail.next_attempt_at < now + timedelta(minutes=1)

    desk.post(reverse("staff_mail_cancel", args=[mail.public_id]))
    refused = desk.post(reverse("staff_mail_cancel", args=[mail.public_id]), follow=True)
    assert OutboxMail.objects.get().status == "cancelled"
    assert "no longer waiting" in refused.content.decode()


def test_the_vendors_mails_that_came_back_lead_to_their_company(
    acme: BusinessAccount, alice: User, now: datetime, desk: Client
) -> None:
    bought = "jane@wniter.example"
    factories.invitation(acme, bought, by=None, now=now, role=Role.ADMINISTRATOR)
    vendor_invitations.invite_again(account=acme, email=bought, display=bought, now=now)
    licensing_emails.purchase_waits(
        license_factories.purchase(None, email="joe@nowhere.example", now=now), now=now
    )
    invitations.send(
        account=acme, addresses=["theirs@acme.example"], role=Role.MEMBER, by=alice, now=now
    )
    for mail in OutboxMail.objects.all():
        outbox.record_event(
            public_id=str(mail.public_id), message_id="", bounced=True, reason="No", at=now
        )

    page = desk.get(reverse("staff_desk")).content.decode()

    assert "Emails that bounced" in page
    assert page.index("jane@wniter.example") < page.index(
        reverse("staff_company", args=[acme.slug])
    )
    assert "?q=joe%40nowhere.example" in page
    assert "theirs@acme.example" not in page, "its inviter sees that, and fixes it"


@pytest.mark.parametrize("how", ["corrected", "old"])
def test_what_is_settled_or_long_past_leaves_the_desk(
    acme: BusinessAccount, now: datetime, desk: Client, how: str
) -> None:
    acme.memberships.all().delete()
    bought = license_factories.purchase(acme, email="jane@wniter.example", now=now)
    then = now - timedelta(days=15 if how == "old" else 0)
    vendor_invitations.invite_again(
        account=acme, email=bought.primary_email, display=bought.primary_email, now=then
    )
    OutboxMail.objects.all().move(Status.SENDING, lease_until=now)
    OutboxMail.objects.all().move(Status.FAILED, last_error="550 No such mailbox")
    if how == "corrected":
        assert "550 No such mailbox" in desk.get(reverse("staff_desk")).content.decode()
        url = reverse("staff_purchase_email", args=[bought.license.public_id])
        desk.post(url, {"email": "jane@winter.example"})

    assert "jane@wniter.example" not in desk.get(reverse("staff_desk")).content.decode()


def test_staff_decides_claims(
    acme: BusinessAccount, mia: User, now: datetime, desk: Client
) -> None:
    claim = claims.make(account=acme, by=mia, reason="Alice left.", now=now - timedelta(days=15))

    assert "Alice left." in desk.get(reverse("staff_desk")).content.decode()
    desk.post(reverse("staff_claim_grant", args=[claim.public_id]))

    assert membership_of(mia, acme).role == Role.ADMINISTRATOR


def test_the_page_of_a_big_company_costs_the_same(
    acme: BusinessAccount, now: datetime, desk: Client, django_assert_max_num_queries: object
) -> None:
    factories.crowd(acme, 100)
    for _number in range(30):
        license_factories.instance(acme, now=now)

    with django_assert_max_num_queries(20):  # type: ignore[operator]
        assert desk.get(reverse("staff_company", args=[acme.slug])).status_code == 200
