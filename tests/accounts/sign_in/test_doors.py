"""Every door that a mailbox opens, and whom it meets there (SPEC 4.1): what each cell answers.

The address is always Dana's. *unproven* is what a sign-up of an earlier release left, with a
stranger's password; *invited* has an invitation and no account; *merged* belongs to an account
that another one was merged into.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import pytest
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import LoginWebAuthnForm
from django.core.cache import cache
from django.test import Client
from django.utils.http import int_to_base36

from accounts.directory.models import BusinessAccount, User
from accounts.membership.models import Invitation
from accounts.outbox.models import OutboxMail
from tests import factories, mails
from tests.factories import PASSWORD
from tests.personas import SignIn

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]

DANA: Final = "dana@initech.example"
NEW: Final = "a brand new pass phrase"


class People:
    """Who is there, and what a door needs to be tried."""

    def __init__(self, acme: BusinessAccount, charlie: User, sign_in: SignIn, now: datetime):
        self.acme, self.charlie, self.sign_in, self.now = acme, charlie, sign_in, now
        self.browser = Client()
        self.dana: User | None = None
        self.patch = pytest.MonkeyPatch()

    def invitation(self) -> Invitation:
        found = Invitation.objects.filter(email=DANA).first()
        return found or factories.invitation(self.acme, DANA, by=None, now=self.now)


# --- Whom a door meets ---


def unproven(portal: People) -> User | None:
    return factories.person(DANA, "Mallory", verified=False)


def proven(portal: People) -> User | None:
    return factories.person(DANA, "Dana")


def disabled(portal: People) -> User | None:
    dana = factories.person(DANA, "Dana")
    dana.is_active = False
    dana.save(update_fields=["is_active"])
    return dana


def invited(portal: People) -> User | None:
    portal.invitation()
    return None


def merged(portal: People) -> User | None:
    dana = factories.person(DANA, "Dana")
    old = factories.business_account("Initech", administrator=dana, now=portal.now)
    old.memberships.update(account=portal.acme)
    BusinessAccount.objects.filter(pk=old.pk).update(merged_into=portal.acme)
    return dana


# --- The doors: each tries to get through, and says what came of it ---


def _in(portal: People, otherwise: str) -> str:
    key = portal.browser.session.get("_auth_user_id")
    assert key is None or (portal.dana and key == str(portal.dana.pk))
    return "in" if key else otherwise


def password(portal: People) -> str:
    page = portal.browser.post("/accounts/login/", {"login": DANA, "password": PASSWORD})
    refused = page.status_code == 200 and b"Invalid Email or Password" in page.content
    return _in(portal, "refused" if refused else "?")


def mailed_code(portal: People) -> str:
    portal.browser.post("/accounts/login/code/", {"email": DANA})
    mail = mails.latest(DANA)
    if mail.kind == "unknown_account":
        portal.browser.post("/accounts/login/code/confirm/", {"code": "BCDF-GHJK"})
        return _in(portal, "told there is no account")
    portal.browser.post("/accounts/login/code/confirm/", {"code": mails.code_in(mail)})
    return _in(portal, "?")


def reset_request(portal: People) -> str:
    portal.browser.post("/accounts/password/reset/", {"email": DANA})
    mail = mails.latest(DANA)
    return {"unknown_account": "told there is no account", "password_reset_key": "link"}[mail.kind]


def reset_link(portal: People) -> str:
    """A link that was right when it was made, for whoever is there."""
    user = portal.dana or portal.charlie
    key = default_token_generator.make_token(user) if portal.dana else "d6y1w2-made-up"
    link = f"/accounts/password/reset/key/{int_to_base36(user.pk)}-{key}/"
    page = portal.browser.get(link, follow=True)
    if b"This link has expired" in page.content:
        return "ended"
    form = {"password1": NEW, "password2": NEW}
    portal.browser.post(page.redirect_chain[-1][0], form)
    return _in(portal, "?")


def sign_up(portal: People) -> str:
    form = {"name": "Dana", "email": DANA, "password1": NEW}
    page = portal.browser.post("/accounts/signup/", form)
    if b"Account already exists" in page.content:
        return "exists"
    portal.browser.post("/accounts/confirm-email/", {"code": mails.code_in(mails.latest(DANA))})
    portal.dana = _clean_start()
    return _in(portal, "?")


def invitation(portal: People) -> str:
    link = portal.invitation().get_absolute_url()
    page = portal.browser.get(link).content
    if b'name="login"' in page:
        return "asks for the password"
    portal.browser.post(link, {"accept": "1", "name": "Dana", "password1": NEW})
    portal.dana = _clean_start()
    assert portal.dana.memberships.filter(account=portal.acme).exists()
    return _in(portal, "?")


def invitation_of_another(portal: People) -> str:
    """Charlie, signed in, says that the invited address is his, too."""
    browser = portal.sign_in(portal.charlie)
    portal.invitation()
    before = OutboxMail.objects.count()
    browser.post(f"{portal.invitation().get_absolute_url()}prove/")
    sent = OutboxMail.objects.count() > before
    assert not EmailAddress.objects.filter(user=portal.charlie, email=DANA).exists()
    return "code" if sent else "refused"


def find_my_account(portal: People) -> str:
    portal.browser.post("/start/find/", {"email": DANA})
    code = mails.code_in(mails.latest(DANA))
    page = portal.browser.post("/start/find/", {"code": code}, follow=True).content.decode()
    kind = page.split('data-recommendation="')[1].split('"')[0]
    return _in(portal, kind)


def one_more_address(portal: People) -> str:
    """Charlie, signed in, adds the address, and reads its mail."""
    browser = portal.sign_in(portal.charlie)
    page = browser.post("/accounts/email/", {"action_add": "1", "email": DANA})
    if page.status_code == 200:
        assert "Account already exists" in str(page.context["form"].errors)
        return "exists"
    browser.post("/accounts/confirm-email/", {"code": mails.code_in(mails.latest(DANA))})
    assert EmailAddress.objects.get(email=DANA).user == portal.charlie
    return "added"


def make_primary(portal: People) -> str:
    """Charlie has an address that he never proved, as an earlier release allowed."""
    EmailAddress.objects.create(user=portal.charlie, email=DANA, verified=False)
    browser = portal.sign_in(portal.charlie)
    browser.post("/accounts/email/", {"action_primary": "1", "email": DANA})
    portal.charlie.refresh_from_db()
    return "refused" if portal.charlie.email != DANA else "?"


def passkey(portal: People) -> str:
    user = portal.dana
    if user is None:
        return "nobody's"
    kind = Authenticator.Type.WEBAUTHN
    made = Authenticator.objects.create(user=user, type=kind, data={"name": "Key"})
    portal.patch.setattr(LoginWebAuthnForm, "clean_credential", lambda form: made)
    portal.browser.post("/accounts/2fa/webauthn/login/", {"credential": '{"id": "key"}'})
    return _in(portal, "refused")


def _clean_start() -> User:
    """Whoever has proven the address started with nothing that somebody else set."""
    dana = User.objects.get(email=DANA)
    assert dana.name == "Dana"
    assert dana.check_password(NEW)
    address = EmailAddress.objects.get(email=DANA)
    assert (address.user, address.verified) == (dana, True)
    return dana


Door = Callable[[People], str]
PEOPLE: Final[tuple[Callable[[People], User | None], ...]] = (
    unproven,
    proven,
    disabled,
    invited,
    merged,
)
NO_ACCOUNT: Final = "told there is no account"
ASKS: Final = "asks for the password"
TABLE: Final[dict[Door, tuple[str, str, str, str, str]]] = {
    password: ("refused", "in", "refused", "refused", "in"),
    mailed_code: (NO_ACCOUNT, "in", NO_ACCOUNT, NO_ACCOUNT, "in"),
    reset_request: (NO_ACCOUNT, "link", NO_ACCOUNT, NO_ACCOUNT, "link"),
    reset_link: ("ended", "in", "ended", "ended", "in"),
    sign_up: ("in", "exists", "exists", "in", "exists"),
    invitation: ("in", ASKS, ASKS, "in", ASKS),
    invitation_of_another: ("code", "refused", "refused", "code", "refused"),
    find_my_account: ("create", "sign-in", "create", "join", "sign-in"),
    one_more_address: ("added", "exists", "exists", "added", "exists"),
    make_primary: ("refused", "refused", "refused", "refused", "refused"),
    passkey: ("refused", "in", "refused", "nobody's", "in"),
}
CELLS: Final = [
    pytest.param(door, whom, says, id=f"{door.__name__}-{whom.__name__}")
    for door, row in TABLE.items()
    for whom, says in zip(PEOPLE, row, strict=True)
]


@pytest.fixture
def portal(acme: BusinessAccount, charlie: User, sign_in: SignIn, now: datetime) -> Any:
    cache.clear()
    yield (portal := People(acme, charlie, sign_in, now))
    portal.patch.undo()


@pytest.mark.parametrize(("door", "whom", "says"), CELLS)
def test_the_door_says(
    door: Door, whom: Callable[[People], User | None], says: str, portal: People
) -> None:
    portal.dana = whom(portal)

    assert door(portal) == says
