"""Why this recommendation: two or three lines made from the answers."""

from django.utils.translation import gettext as _

from onboarding.guide.rules.facts import AccountHint, Activated, EmailKnown, Facts, Invited, Login
from onboarding.guide.rules.rule import Advice, Row


def of(outcome: Advice, facts: Facts) -> tuple[str, ...]:
    """At least one line for every outcome."""
    match outcome.row:
        case Row.NO_ACCOUNT_NEEDED:
            return (
                _("You're upgrading to version %(version)s.") % {"version": facts.to_version},
                _("Business accounts begin with version 15. Come back when you upgrade to it."),
            )
        case Row.PENDING_INVITATION:
            return (
                _("An invitation to %(email)s is waiting.") % {"email": facts.proven_email},
                _("Joining keeps all keys and instances of your company in one account."),
            )
        case Row.ALREADY_MEMBER:
            return (
                _("%(email)s belongs to a business account.") % {"email": facts.proven_email},
                _one_place(),
            )
        case Row.LATER_LOGIN_WORKS | Row.LATER_LOGIN_FORGOT | Row.LATER_LOGIN_LOST:
            return _of_later(facts)
        case Row.FIRST_LOGIN_LOST:
            return (
                _("Nobody at your company can get into the account it may have."),
                _("This is the first instance, so no active instance is left behind there."),
            )
        case (
            Row.SIGN_INVITED_ME
            | Row.SIGN_INVITED_COLLEAGUE
            | Row.SIGN_EMAIL_KNOWN
            | Row.SIGN_EMAIL_UNKNOWN
        ):
            return (*_of_signs(facts), *_of_invitation(facts))
        case Row.UPGRADE_EMAIL_KNOWN | Row.UPGRADE_EMAIL_UNKNOWN | Row.FIRST_ACTIVATION:
            return _of_nothing_found(facts)


def _one_place() -> str:
    return _("With one account for all instances, every key and subscription is in one place.")


def _of_later(facts: Facts) -> tuple[str, ...]:
    first = _of_account_there_is(facts)
    if facts.login is Login.LOST:
        return (
            first,
            _("An administrator of that account can invite you, with your own email."),
        )
    if facts.login is Login.FORGOT:
        return (first, _("You know its email, so an email to that address gets you back in."))
    return (first, _one_place())


def _of_account_there_is(facts: Facts) -> str:
    if facts.has_account_version:
        text = _("You're upgrading from version %(version)s, which needs a business account.")
        return text % {"version": facts.from_version}
    if facts.is_upgrade or facts.activated is Activated.YES:
        return _("Your company has activated version 15 or later, so it has an account.")
    return _("Your company has activated an instance before, so it has an account.")


def _of_signs(facts: Facts) -> tuple[str, ...]:
    texts = {
        AccountHint.INSURANCE: _(
            "You have a permanent license with valid upgrade insurance. "
            "Accounts are opened for such licenses automatically."
        ),
        AccountHint.SALES: _(
            "Your licenses were bought through sales or a reseller. Such a purchase opens an "
            "account automatically."
        ),
        AccountHint.PRODUCTS: _(
            "Your company uses Desktop Business Edition or Access for Business. "
            "Both are managed in a business account."
        ),
    }
    return tuple(text for sign, text in texts.items() if sign in (facts.signs or ()))


def _of_invitation(facts: Facts) -> tuple[str, ...]:
    if facts.invited is Invited.ME:
        return (_("You were invited, so the account is waiting for you to join."),)
    if facts.invited is Invited.COLLEAGUE:
        return (_("A colleague was invited. Once in, an administrator can invite you."),)
    if facts.email_known is EmailKnown.YES:
        return (_("The invitation went to the primary email, which you know."),)
    return (_("You don't know which email it's under, so we'll look for it by yours."),)


def _of_nothing_found(facts: Facts) -> tuple[str, ...]:
    if facts.is_unsure:
        first = _(
            "You're not sure whether this is the first instance, and nothing else "
            "suggests an account."
        )
    elif facts.is_upgrade or facts.activated is Activated.NO:
        first = _("Version 15 or later was never activated at your company.")
    else:
        first = _("This is your company's first instance.")
    nothing = _("Nothing suggests your company already has one.")
    if not facts.is_upgrade:
        return (first, nothing)
    if facts.knows_email:
        return (first, nothing, _("You know the email of your previous purchase."))
    return (
        first,
        nothing,
        _("You don't know the email of your previous purchase, and you don't need to."),
    )
