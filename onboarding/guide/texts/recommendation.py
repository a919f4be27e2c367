"""The recommendation in words: the answer, why, which email, what to press."""

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from onboarding.guide.rules.facts import AccountHint, Facts
from onboarding.guide.rules.rule import Advice, Destination, Email, Row
from onboarding.guide.texts import reasons
from onboarding.guide.texts.ways import AlternativeWay, button, way


@dataclass(frozen=True, slots=True)
class EmailAdvice:
    """Which email to use, and why that one."""

    email: Email
    title: str
    why: str


@dataclass(frozen=True, slots=True)
class Recommendation:
    """Everything the page of the recommendation says."""

    outcome: Advice
    heading: str
    reasons: tuple[str, ...]
    email: EmailAdvice | None
    primary: str
    second: str
    others: tuple[AlternativeWay, ...]
    warning: str = ""


def in_words(outcome: Advice, facts: Facts) -> Recommendation:
    """The words for `outcome`; the reasons are made from the answers."""
    return Recommendation(
        outcome=outcome,
        heading=_heading(outcome, facts),
        reasons=reasons.of(outcome, facts),
        email=_advice(outcome, facts),
        primary=button(outcome.primary, facts) if outcome.primary else "",
        second=button(outcome.second, facts) if outcome.second else "",
        others=tuple(way(to, outcome, facts) for to in outcome.others),
        warning=_warning(outcome, facts),
    )


def _heading(outcome: Advice, facts: Facts) -> str:
    company = facts.pending_invitation or facts.existing_membership
    heading = _HEADINGS[outcome.row]
    if outcome.row is Row.ALREADY_MEMBER and facts.signed_in:
        heading = gettext_lazy("You're in the account of %(company)s. Continue there.")
    return heading % {"company": company.name if company else ""}


def _advice(outcome: Advice, facts: Facts) -> EmailAdvice | None:
    email = outcome.email
    if email is Email.NONE:
        return None
    title, why = _ASK_WITH if outcome.primary is Destination.ASK else _ADVICE[email]
    why = why or _any_email(facts)
    return EmailAdvice(email=email, title=title % {"email": facts.proven_email}, why=str(why))


def _any_email(facts: Facts) -> str:
    if facts.signs and AccountHint.PRODUCTS not in facts.signs:
        return _("Start with the address most likely given at purchase. You can try others.")
    if facts.is_upgrade and facts.email_known is None:
        return _("If you know the primary email of your previous purchase, use that.")
    return _("Use an address you check regularly. It doesn't have to be a company address.")


def _warning(outcome: Advice, facts: Facts) -> str:
    if outcome.row is Row.LATER_LOGIN_LOST:
        return _(
            "Creating a second account is the last resort. It splits your keys and instances "
            "between two accounts, and neither shows them all."
        )
    if facts.is_unsure and outcome.primary is Destination.SIGN_UP:
        return _(
            "If your company already has an account, a second one would split your keys and "
            "instances. Checking takes a minute."
        )
    return ""


_CREATE_WITH_ANY: Final = gettext_lazy("Create a business account with an email of your choice.")
_ASK: Final = gettext_lazy("Ask an administrator to invite you.")
_HEADINGS: Final = {
    Row.NO_ACCOUNT_NEEDED: gettext_lazy("You don't need a business account for this upgrade."),
    Row.PENDING_INVITATION: gettext_lazy("%(company)s has invited you. Join it."),
    Row.ALREADY_MEMBER: gettext_lazy("You already have a login at %(company)s. Sign in."),
    Row.LATER_LOGIN_WORKS: gettext_lazy("Sign in to the account of your first instance."),
    Row.LATER_LOGIN_FORGOT: gettext_lazy("Reset the password, then sign in."),
    Row.LATER_LOGIN_LOST: _ASK,
    Row.FIRST_LOGIN_LOST: gettext_lazy("Create a new business account."),
    Row.SIGN_INVITED_ME: gettext_lazy("Open the invitation in your email."),
    Row.SIGN_INVITED_COLLEAGUE: _ASK,
    Row.SIGN_EMAIL_KNOWN: gettext_lazy("Sign in with the email your licenses were bought under."),
    Row.SIGN_EMAIL_UNKNOWN: gettext_lazy("Let's find your company's account."),
    Row.UPGRADE_EMAIL_KNOWN: gettext_lazy(
        "Create a business account with the email of your previous purchase."
    ),
    Row.UPGRADE_EMAIL_UNKNOWN: _CREATE_WITH_ANY,
    Row.FIRST_ACTIVATION: _CREATE_WITH_ANY,
}
_ASK_WITH: Final = (
    gettext_lazy("Use any of your email addresses"),
    gettext_lazy("The invitation goes there. It doesn't have to be a company address."),
)
_ADVICE: Final = {
    Email.INVITED: (
        gettext_lazy("Use %(email)s"),
        gettext_lazy("The invitation is for this address, and you've confirmed it's yours."),
    ),
    Email.OWN: (
        gettext_lazy("Use %(email)s"),
        gettext_lazy("This is the address you use in the account."),
    ),
    Email.BOUGHT_WITH: (
        gettext_lazy("Use %(email)s"),
        gettext_lazy(
            "Licenses were bought under this address. They'll be added to the account right away."
        ),
    ),
    Email.FIRST_ACCOUNT: (
        gettext_lazy("Use the email of your first instance's account"),
        gettext_lazy("It's the one the first instance was activated with."),
    ),
    Email.PRIMARY: (
        gettext_lazy("Use the primary email of the purchase"),
        gettext_lazy("The account was opened for the address your company gave when it bought."),
    ),
    Email.INVITED_AT_PURCHASE: (
        gettext_lazy("Can't find the email?"),
        gettext_lazy(
            "Enter the address it was sent to, usually the primary email of the purchase. "
            "We'll send a code there, then show you the invitation."
        ),
    ),
    Email.PREVIOUS_PRIMARY: (
        gettext_lazy("Use the primary email of your previous purchase"),
        gettext_lazy("Your earlier licenses are under it, so old and new stay together."),
    ),
    Email.ANY: (gettext_lazy("Any email works"), ""),
}
