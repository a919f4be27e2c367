"""Questions about sign-ins, companies and addresses, and what their answers mean."""

from django.utils.translation import gettext as _

from onboarding.guide.rules.answers import NO_SIGN
from onboarding.guide.rules.facts import (
    AccountHint,
    EmailKnown,
    Facts,
    Invited,
    Login,
)
from onboarding.guide.texts.question_page import Option, QuestionPage


def login(facts: Facts) -> QuestionPage:
    heading = (
        _("Can you sign in to the account of the first instance?")
        if facts.is_later
        else _("Can you sign in to your company's account?")
    )
    return QuestionPage(
        heading=heading,
        why=_("With one account for all instances, every key and subscription is in one place."),
        told=_("Signing in"),
        options=(
            Option(
                Login.WORKS,
                _("Yes, I can sign in"),
                _("You have its email and password."),
            ),
            Option(
                Login.FORGOT,
                _("I forgot the password"),
                _("You can still read that address's email."),
            ),
            Option(
                Login.LOST,
                _("No, I can't get in"),
                _("You don't know the email, it's someone else's, or its mailbox is gone."),
            ),
        ),
    )


def signs(_facts: Facts) -> QuestionPage:
    return QuestionPage(
        heading=_("Which of these are true for your company?"),
        why=_("If any is true, your company may already have a business account."),
        told=_("What applies to your company"),
        options=(
            Option(
                AccountHint.INSURANCE,
                _("Permanent license with upgrade insurance"),
                _("For an older version, with upgrade insurance that hasn't expired."),
            ),
            Option(
                AccountHint.SALES,
                _("Bought through sales or a reseller"),
                _("A subscription or permanent licenses for version 15 or later, not online."),
            ),
            Option(
                AccountHint.PRODUCTS,
                _("Desktop Business Edition or Access for Business"),
                _("Your company uses at least one of these two."),
            ),
            Option(
                NO_SIGN,
                _("None of these"),
                _("None that you know of."),
            ),
        ),
    )


def invited(_facts: Facts) -> QuestionPage:
    return QuestionPage(
        heading=_("Did you or a colleague get an invitation?"),
        why=_("When an account is opened for a company, its primary email gets an invitation."),
        told=_("Invitation"),
        options=(
            Option(
                Invited.ME,
                _("Yes, I did"),
                _("An email invited you to join a business account."),
            ),
            Option(
                Invited.COLLEAGUE,
                _("Yes, a colleague did"),
                _("They're in the account, or can join with one click."),
            ),
            Option(
                Invited.NO,
                _("No"),
                _("Nobody you know of."),
            ),
            Option(
                Invited.UNSURE,
                _("I'm not sure"),
                _("It may have been long ago, or sent to someone who left."),
            ),
        ),
    )


def email_known(facts: Facts) -> QuestionPage:
    if facts.is_upgrade and not facts.signs:
        heading = _("Do you know the primary email of your previous purchase?")
        unknown = _("Any other email works.")
    else:
        heading = _("Do you know the primary email of the purchase?")
        unknown = _("We'll look for the account another way.")
    return QuestionPage(
        heading=heading,
        why=_("It's the address your company gave when it bought, and your licenses are under it."),
        told=_("Primary email"),
        options=(
            Option(EmailKnown.YES, _("Yes, I know it"), _("You'll enter it on the next page.")),
            Option(EmailKnown.NO, _("No, I don't"), unknown),
        ),
    )
