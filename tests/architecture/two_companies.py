"""Two companies with one of everything, and everyone who may knock at the portal's pages."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from allauth.account.internal.userkit import user_id_to_str
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.test import Client

from accounts import audit, outbox
from accounts.audit.events import Event
from accounts.audit.models import AuditEvent
from accounts.directory.models import BusinessAccount, Membership, User
from accounts.membership.actions import claims
from accounts.membership.models import Claim, Invitation, JoinRequest
from accounts.outbox.models import OutboxMail
from accounts.permissions import Role
from accounts.recovery.actions import recoveries
from accounts.recovery.models import SecondStepRecovery
from licensing.activation.models import ActivationRequest
from licensing.enrollment.actions import enrollment
from licensing.enrollment.models import EnrollmentToken
from licensing.licenses.models import Instance, Key, License
from licensing.purchases.models import Purchase, PurchaseImport
from onboarding.support.models import SupportMessage
from tests import factories
from tests.licensing import license_factories

PERSONAS: Final = (
    "stranger",
    "charlie",  # administers another company
    "blocked",  # a blocked member
    "mia",  # a member
    "bob",  # a license manager
    "alice",  # the administrator
    "staff",  # the vendor's, without two-step sign-in
    "staff2",  # the vendor's, with it
)


@dataclass(frozen=True)
class Company:
    """A business account and one object of each kind that a page can be asked for."""

    account: BusinessAccount
    member: Membership
    invitation: Invitation
    request: JoinRequest
    license: License
    key: Key
    instance: Instance
    token: EnrollmentToken
    activation_request: ActivationRequest
    """Handed over to the account's administrators."""
    claim: Claim
    recovery: SecondStepRecovery
    purchase: Purchase
    message: SupportMessage
    mail: OutboxMail
    upload: PurchaseImport


@dataclass(frozen=True)
class TwoCompanies:
    acme: Company
    globex: Company
    people: dict[str, User]
    passkey: Authenticator
    """Of somebody else than who knocks."""
    objects_by_name: dict[str, models.Model]
    """One row of each table that the staff pages show, by the model's name."""

    def browser(self, persona: str) -> Client:
        """A browser in which the persona is signed in, with the password typed just now.

        They have been here before: that they were seen needs no note at the next page.
        """
        browser = Client(raise_request_exception=False)
        if persona == "stranger":
            return browser
        user = self.people[persona]
        browser.force_login(user)
        session = browser.session
        proof = {"method": "password", "at": time.time(), "reauthenticated": True}
        session["account_authentication_methods"] = [proof]
        session["account_authentication_methods_user"] = user_id_to_str(user)
        session.save()
        browser.get("/b/")
        return browser


def make(now: datetime) -> TwoCompanies:
    """Alice's Acme with Bob, Mia and a blocked member, and Charlie's Globex."""
    people = {
        "alice": factories.person("alice@acme.example", "Alice Reyes"),
        "bob": factories.person("bob@acme.example", "Bob Lindt"),
        "mia": factories.person("mia@acme.example", "Mia Chen"),
        "blocked": factories.person("ben@acme.example", "Ben Blocked"),
        "charlie": factories.person("charlie@globex.example", "Charlie Stone"),
        "staff": _staff("sam@portal.example"),
        "staff2": _staff("tess@portal.example"),
    }
    TOTP.activate(people["staff2"], generate_totp_secret())
    RecoveryCodes.activate(people["staff2"])
    acme = _company("Acme Corp", people["alice"], now)
    globex = _company("Globex", people["charlie"], now)
    factories.member(acme.account, people["bob"], Role.LICENSE_MANAGER)
    factories.member(acme.account, people["mia"])
    factories.member(acme.account, people["blocked"], blocked=True)
    key = Authenticator.objects.create(
        user=factories.person("zoe@winter.example"),
        type=Authenticator.Type.WEBAUTHN,
        data={"name": "Laptop"},
    )
    return TwoCompanies(acme, globex, people, key, _objects(acme, people["alice"], now))


def _company(name: str, administrator: User, now: datetime) -> Company:
    account = factories.business_account(name, administrator=administrator, now=now)
    domain = administrator.email_domain
    return Company(
        account,
        factories.member(account, factories.person(f"fay@{domain}", "Fay Example")),
        factories.invitation(account, f"eve@{domain}", by=administrator, now=now),
        factories.join_request(account, f"gus@{domain}", now=now),
        **_owned(account, administrator, now),
    )


def _owned(account: BusinessAccount, administrator: User, now: datetime) -> dict[str, Any]:
    """A license with its key, an instance under it, and everything else there can be one of."""
    bought = license_factories.purchase(account, email=administrator.email, now=now)
    key = license_factories.primary_key(bought.license)
    instance = license_factories.instance(account, now=now)
    license_factories.activation(instance, key, now=now)
    made = enrollment.make(
        account=account,
        key=key,
        name="Image",
        uses=5,
        expires_at=now + timedelta(days=30),
        by=administrator,
        now=now,
    )
    asked = license_factories.request(
        now=now,
        account=account,
        claimed_by=factories.person(f"hal@{administrator.email_domain}"),
        handed_over_at=now,
    )
    claimant = factories.person(f"ida@{administrator.email_domain}")
    message = SupportMessage.objects.create(
        form_token=uuid.uuid4(),
        reference="7QK-DM4P",
        email=administrator.email,
        email_proven=True,
        subject="No code arrives",
        message="Nothing came.",
        created_at=now,
    )
    return {
        "license": bought.license,
        "key": key,
        "instance": instance,
        "token": made.token,
        "activation_request": asked,
        "claim": claims.make(account=account, by=claimant, reason="She left.", now=now),
        "recovery": _recovery(account, administrator, now),
        "purchase": bought,
        "message": message,
        "upload": PurchaseImport.objects.create(
            file_name="purchases.csv", size=1, uploaded_at=now, uploaded_by=administrator
        ),
        "mail": outbox.post(
            kind="test", to=administrator.email, subject="Hi", text="Hi", html="", now=now
        ),
    }


def _recovery(account: BusinessAccount, administrator: User, now: datetime) -> SecondStepRecovery:
    """Of somebody in the account who lost their phone."""
    person = factories.person(f"jo@{administrator.email_domain}")
    factories.member(account, person)
    TOTP.activate(person, generate_totp_secret())
    return recoveries.start(account=account, user=person, by=administrator, now=now)


def _staff(email: str) -> User:
    user = factories.person(email)
    user.is_staff = user.is_superuser = True
    user.save(update_fields=["is_staff", "is_superuser"])
    return user


def _objects(acme: Company, alice: User, now: datetime) -> dict[str, models.Model]:
    audit.record(Event.INVITATION_SENT, account=acme.account, actor=alice, subject="x", now=now)
    rows: tuple[models.Model, ...] = (
        alice,
        acme.account,
        acme.member,
        acme.invitation,
        acme.request,
        acme.mail,
        acme.license,
        acme.key,
        acme.instance,
        acme.instance.activations.get(),
        acme.token,
        acme.activation_request,
        acme.claim,
        acme.purchase,
        acme.message,
        acme.upload,
        AuditEvent.objects.latest("pk"),
    )
    return {str(row._meta.model_name): row for row in rows}


def content_type_of(row: models.Model) -> int:
    return ContentType.objects.get_for_model(row).pk
