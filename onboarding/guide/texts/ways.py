"""Buttons, and the other ways with half a sentence on when each is the right one."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from onboarding.guide.rules.facts import Facts
from onboarding.guide.rules.rule import Advice, Destination, Row, row


@dataclass(frozen=True, slots=True)
class AlternativeWay:
    to: Destination
    label: str
    when: str


def button(to: Destination, facts: Facts) -> str:
    """The button's text, a verb and its object; pinned ones are listed in CONTRACT."""
    company = facts.existing_membership if to is Destination.ACCOUNT else facts.pending_invitation
    label = _BUTTONS[to]
    if to is Destination.FIND and row(facts) is Row.SIGN_INVITED_ME:
        label = gettext_lazy("Find my invitation")
    if to is Destination.ACCOUNT and facts.needs_no_account:
        label = gettext_lazy("Continue with %(company)s anyway")
    if to is Destination.LOGIN_LOST and facts.is_later:
        label = gettext_lazy("I can't get into the first account")
    return label % {"company": company.name if company else ""}


def way(to: Destination, outcome: Advice, facts: Facts) -> AlternativeWay:
    """One of the other ways on the page of `outcome`."""
    return AlternativeWay(to=to, label=button(to, facts), when=_when(to, outcome, facts))


def _when(to: Destination, outcome: Advice, facts: Facts) -> str:
    if outcome.row is Row.NO_ACCOUNT_NEEDED and to is Destination.ACCOUNT:
        return _("If you want this instance listed in the account all the same.")
    if to is Destination.SIGN_IN:
        return _when_sign_in(outcome)
    if to is Destination.SIGN_UP:
        return _when_sign_up(outcome)
    if to is Destination.RESET:
        return _when_reset(outcome)
    if to is Destination.FIND:
        return _when_find(outcome, facts)
    return str(_WHEN[to])


def _when_sign_in(outcome: Advice) -> str:
    match outcome.row:
        case Row.NO_ACCOUNT_NEEDED:
            return _("If your company has an account and you want to see it.")
        case Row.LATER_LOGIN_FORGOT:
            return _("If you remember it after all.")
        case Row.SIGN_INVITED_ME:
            return _("If you've already joined and chosen a password.")
        case Row.SIGN_INVITED_COLLEAGUE | Row.SIGN_EMAIL_UNKNOWN:
            return _("If you have your own login after all.")
        case _:
            return _("If you see “Account already exists”, or remember that you have one.")


def _when_sign_up(outcome: Advice) -> str:
    match outcome.row:
        case Row.NO_ACCOUNT_NEEDED:
            return _("If you want one ready for your next upgrade.")
        case Row.LATER_LOGIN_LOST:
            return _("If everything else failed. Your keys and instances will be split.")
        case Row.SIGN_EMAIL_KNOWN:
            return _("If the reset email says there's no account for the address.")
        case _:
            return _("If no account is found.")


def _when_reset(outcome: Advice) -> str:
    match outcome.row:
        case Row.LATER_LOGIN_LOST | Row.FIRST_LOGIN_LOST:
            return _("If you can read the account's email after all.")
        case _:
            return _("If you see “Invalid Email or Password”, or forgot it.")


def _when_find(outcome: Advice, facts: Facts) -> str:
    if outcome.row in (Row.PENDING_INVITATION, Row.ALREADY_MEMBER):
        return _("If you want to check another address.")
    if facts.is_unsure or outcome.row in (Row.UPGRADE_EMAIL_UNKNOWN, Row.FIRST_ACTIVATION):
        return _("If you want to be sure there is none. It takes a minute.")
    return _("If you don't know which email it is. We'll check the ones you can read.")


_BUTTONS: Final = {
    Destination.SIGN_IN: gettext_lazy("Sign in"),
    Destination.SIGN_UP: gettext_lazy("Create business account"),
    Destination.RESET: gettext_lazy("Reset the password"),
    Destination.FIND: gettext_lazy("Find my account"),
    Destination.ASK: gettext_lazy("Ask an administrator"),
    Destination.SUPPORT: gettext_lazy("Contact support"),
    Destination.INVITATION: gettext_lazy("Join %(company)s"),
    Destination.ACCOUNT: gettext_lazy("Continue with %(company)s"),
    Destination.NEW_ACCOUNT: gettext_lazy("Create another business account"),
    Destination.LOGIN_LOST: gettext_lazy("We can't get into our account"),
}
_WHEN: Final = {
    Destination.ASK: gettext_lazy("If a colleague is in the account. We'll pass your request on."),
    Destination.SUPPORT: gettext_lazy("If nobody is left who could invite you."),
    Destination.LOGIN_LOST: gettext_lazy("If nobody knows its email, or its mailbox is gone."),
    Destination.NEW_ACCOUNT: gettext_lazy(
        "Only for a different company. Neither account will show the other's keys and instances."
    ),
    Destination.INVITATION: "",
    Destination.ACCOUNT: "",
}
