"""The forms on the desk of the vendor's staff."""

from __future__ import annotations

from accounts.directory.models import User
from tests.limits.sample_portal import FormUnderTest, SamplePortal


def forms_of_staff(portal: SamplePortal) -> list[FormUnderTest]:
    desk, message, mail = "/admin/desk/", portal.message.public_id, portal.mail.public_id
    carl = User.objects.get(email="carl@acme.example")
    of_carl = f"{desk}people/{carl.pk}/"
    order = portal.stock.waiting
    suspended = f"{desk}licenses/{portal.stock.suspended.public_id}/"
    license = f"{desk}licenses/{portal.stock.owned.license.public_id}/"
    return [
        FormUnderTest(
            "resend",
            f"{desk}invitations/{portal.invitation.public_id}/resend/",
            "sam",
            bare=True,
        ),
        FormUnderTest("try mail", f"{desk}mails/{mail}/try/", "sam", bare=True),
        FormUnderTest("cancel mail", f"{desk}mails/{mail}/cancel/", "sam", bare=True),
        FormUnderTest(
            "decline a claim", f"{desk}claims/{portal.claimed.public_id}/decline/", "sam", bare=True
        ),
        FormUnderTest("end sessions", f"{of_carl}sign-out/", "sam", bare=True),
        FormUnderTest("disable", f"{of_carl}disable/", "sam", bare=True),
        FormUnderTest("answered", f"{desk}support/{message}/answered/", "sam", bare=True),
        FormUnderTest("suspend", f"{license}suspend/", "sam", {"reason": "Unpaid"}, ("reason",)),
        FormUnderTest(
            "trials",
            f"{desk}companies/{portal.acme.slug}/trials/",
            "sam",
            {"at_once": "5", "a_year": "20", "reason": "A school"},
            ("at_once", "a_year", "reason"),
        ),
        FormUnderTest("resume", f"{suspended}resume/", "sam", {"reason": "Paid"}, ("reason",)),
        FormUnderTest(
            "purchase email",
            f"{desk}purchases/{order.public_id}/email/",
            "sam",
            {"email": "jane@winter.example"},
            ("email",),
        ),
    ]
