"""Every form of the portal that a person can send, with what makes it do its work."""

from __future__ import annotations

from tests import factories
from tests.limits.license_forms import forms_of_activation, forms_of_licenses
from tests.limits.sample_portal import FormUnderTest, SamplePortal
from tests.limits.staff_forms import forms_of_staff


def doors(portal: SamplePortal) -> list[FormUnderTest]:
    return [
        *forms_of_people(portal),
        *forms_of_claims(portal),
        *forms_of_activation(portal),
        *forms_of_licenses(portal),
        *forms_of_staff(portal),
    ]


def forms_of_people(portal: SamplePortal) -> list[FormUnderTest]:
    """Coming in, asking, and what a business account does with its people."""
    b = f"/b/{portal.acme.slug}/"
    password = factories.PASSWORD
    return [
        FormUnderTest(
            "sign-up",
            "/accounts/signup/",
            "",
            {"name": "Dana", "email": "dana@initech.example", "password1": password},
            ("name", "email", "password1"),
        ),
        FormUnderTest(
            "sign-in",
            "/accounts/login/",
            "",
            {"login": "alice@acme.example", "password": password},
            ("login", "password"),
            changes=False,
        ),
        FormUnderTest(
            "code", "/accounts/login/code/", "", {"email": "mia@acme.example"}, ("email",)
        ),
        FormUnderTest(
            "reset", "/accounts/password/reset/", "", {"email": "mia@acme.example"}, ("email",)
        ),
        FormUnderTest("find", "/start/find/", "", {"email": "dora@initech.example"}, ("email",)),
        FormUnderTest(
            "ask",
            "/start/ask/",
            "carl",
            {"colleague": "alice@acme.example", "name": "Carl", "message": "Let me in."},
            ("colleague", "name", "message"),
        ),
        FormUnderTest(
            "join",
            f"/start/ask/{portal.acme.slug}/",
            "carl",
            {"name": "Carl", "message": "Let me in."},
            ("name", "message"),
        ),
        FormUnderTest(
            "support",
            "/support/",
            "mia",
            {
                "email": "mia@acme.example",
                "subject": "No code",
                "message": "I waited an hour.",
                "reference": "7QK-DM4P",
                "came_from": "/start/",
            },
            ("email", "subject", "message", "reference", "came_from"),
        ),
        FormUnderTest("company", "/b/new/", "carl", {"name": "Winter Works"}, ("name",)),
        FormUnderTest(
            "invite",
            f"{b}members/invite/",
            "alice",
            {"emails": "new@acme.example", "role": "member"},
            ("emails", "role"),
        ),
        FormUnderTest("settings", f"{b}settings/", "alice", {"name": "Acme Inc"}, ("name",)),
        FormUnderTest(
            "role",
            f"{b}members/{portal.mia.public_id}/role/",
            "alice",
            {"role": "license_manager"},
            ("role",),
        ),
        FormUnderTest(
            "approve",
            f"{b}requests/{portal.request.public_id}/approve/",
            "alice",
            {"role": "member"},
            ("role",),
        ),
        FormUnderTest(
            "invitation",
            portal.invitation.get_absolute_url(),
            "",
            {"accept": "1", "name": "Eve", "password1": password},
            ("name", "password1"),
        ),
        FormUnderTest(
            "email",
            "/accounts/email/",
            "mia",
            {"email": "mia@initech.example", "action_add": "1"},
            ("email",),
        ),
        FormUnderTest(
            "password",
            "/accounts/password/change/",
            "mia",
            {
                "oldpassword": password,
                "password1": "gravel tulip lantern nine",
                "password2": "gravel tulip lantern nine",
            },
            ("oldpassword", "password1"),
        ),
    ]


def forms_of_claims(portal: SamplePortal) -> list[FormUnderTest]:
    """Finding and claiming what a purchase opened or an administrator left behind."""
    claimed, key = portal.claimed, portal.stock.owned.code
    b = f"/b/{portal.acme.slug}/"
    return [
        FormUnderTest(
            "find by key", "/start/key/", "", {"key": key}, ("key",), answer=200, changes=False
        ),
        FormUnderTest("tell the owner", "/start/key/send/", "", {"key": key}, ("key",)),
        FormUnderTest("join opened", f"/start/find/join/{portal.opened.slug}/", "carl", bare=True),
        FormUnderTest(
            "claim", f"/claim/{portal.acme.slug}/", "carl", {"reason": "She left."}, ("reason",)
        ),
        FormUnderTest("withdraw", f"/claim/{portal.labs.slug}/withdraw/", "mia", bare=True),
        FormUnderTest("object", f"{claimed.get_absolute_url()}object/", "", bare=True),
        FormUnderTest("mails", f"{b}mails/", "alice", {"wants_reminders": ""}, bare=True),
        FormUnderTest(
            "correct",
            f"{b}invitations/{portal.invitation.public_id}/correct/",
            "alice",
            {"email": "eva@initech.example"},
            ("email",),
        ),
    ]
