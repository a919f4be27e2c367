"""The first steps of a new account on its overview: a list that ticks itself off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.directory.models import BusinessAccount
from onboarding.overview.attention.people import People
from onboarding.overview.reading.owned import Holdings


@dataclass(frozen=True)
class FirstStep:
    """One step of the list; without a button once it is done."""

    done: bool
    title: str
    why: str
    button: str = ""
    url: str = ""


def first_steps(
    account: BusinessAccount, people: People, holdings: Holdings, *, has_two_step: bool
) -> list[FirstStep]:
    """What a new account's administrator does once; empty when all of it is done."""
    steps = [
        FirstStep(True, _("Name the business account"), _("It's called %s.") % account),
        *_of_licensing(account, holdings),
        *_of_people(account, people, has_two_step=has_two_step),
    ]
    return [] if all(step.done for step in steps) else steps


def _of_licensing(account: BusinessAccount, holdings: Holdings) -> Iterator[FirstStep]:
    products = ", ".join(str(each.product.label) for each in holdings.owned)
    yield FirstStep(
        bool(holdings.owned),
        _("Get a license"),
        _("It's already here: %s.") % products
        if products
        else _("Register a key you have, or start a trial when you activate."),
        _("Register a key"),
        reverse("license_add", kwargs={"slug": account.slug}),
    )
    yield FirstStep(
        bool(holdings.seen),
        _("Activate your first instance"),
        _("Its console shows a link and a code. Open the link, or enter the code here."),
        _("Enter the code"),
        reverse("activate"),
    )


def _of_people(
    account: BusinessAccount, people: People, *, has_two_step: bool
) -> Iterator[FirstStep]:
    invite = reverse("member_invite", kwargs={"slug": account.slug})
    yield FirstStep(
        has_two_step,
        _("Turn on two-step sign-in"),
        _("A stolen password won't be enough to get in."),
        _("Turn on"),
        reverse("mfa_index"),
    )
    yield FirstStep(
        people.administrators > 1 or people.invited_administrator,
        _("Invite a second administrator"),
        _("If you lose access, someone else can let you in again."),
        _("Invite"),
        f"{invite}?role=administrator",
    )
    yield FirstStep(
        people.members > 1 or bool(people.invitations),
        _("Invite colleagues"),
        _("People who manage licenses or servers see what they need, and no more."),
        _("Invite"),
        invite,
    )
