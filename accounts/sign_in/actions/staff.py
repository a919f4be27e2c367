"""The vendor's staff, appointed from the command line: no page makes anybody staff."""

from __future__ import annotations

from dataclasses import dataclass

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.urls import reverse

from accounts.directory.models import User
from accounts.identity.addresses import canonical_email
from accounts.sign_in.actions import people
from accounts.web import security_log


@dataclass(frozen=True)
class Appointment:
    """Whom it made staff; somebody new gets a link that sets the password, for an hour."""

    user: User
    was_staff: bool
    password_link: str


@transaction.atomic
def appoint(*, email: str, name: str = "") -> Appointment:
    """Make whoever has proven `email` staff; an address that nobody has proven gets a person.

    Whoever may run this vouches for the address, as for a superuser's. Staff still need the second
    step before the desk lets them in. Raises InvalidEmail.
    """
    address = canonical_email(email)
    user = people.holder(address) or people.create(
        email=address, display=email.strip(), name=name, password=make_password(None)
    )
    was_staff = user.is_staff
    if not was_staff:
        user.is_staff = True
        user.save(update_fields=["is_staff"])
        security_log.done(None, security_log.AUTHZ_CHANGE, "staff_appointed", actor=user)
    link = "" if user.has_usable_password() else _password_link(user)
    return Appointment(user=user, was_staff=was_staff, password_link=link)


def _password_link(user: User) -> str:
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
    return settings.PORTAL_ORIGIN + path.replace("UID-KEY", key)
