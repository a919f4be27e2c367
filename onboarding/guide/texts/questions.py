"""How each question is put, why it is asked, and what its answers mean."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _

from onboarding.guide.rules.answers import NO_SIGN
from onboarding.guide.rules.facts import (
    AccountHint,
    Activated,
    EmailKnown,
    Facts,
    Invited,
    Login,
    Task,
    WhichInstance,
)
from onboarding.guide.rules.questions import Question


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    meaning: str


@dataclass(frozen=True, slots=True)
class QuestionPage:
    """One question on a page: heading, one sentence on why it matters, and its answers."""

    heading: str
    why: str
    told: str
    """The short name of the answer under “What you told us”."""
    options: tuple[Option, ...] = ()


def asked(question: Question, facts: Facts) -> QuestionPage:
    """The words of `question`; some depend on what came before."""
    return _WORDS[question](facts)


def answer(question: Question, facts: Facts) -> str:
    """The given answer in a few words, for “What you told us”."""
    if question is Question.VERSIONS:
        return _("%(current)s to %(target)s") % {
            "current": facts.from_version,
            "target": facts.to_version,
        }
    options = {option.value: option.label for option in asked(question, facts).options}
    if question is Question.SIGNS:
        signs = [str(sign) for sign in sorted(facts.signs or ())]
        return "; ".join(options[sign] for sign in signs or [NO_SIGN])
    return options[getattr(facts, question.value)]


def _task(_facts: Facts) -> QuestionPage:
    product = settings.PORTAL_PRODUCT
    return QuestionPage(
        heading=_("What are you about to do?"),
        why=_("The right email can differ, and some upgrades need no account at all."),
        told=_("Task"),
        options=(
            Option(
                Task.ACTIVATE,
                _("Activate an instance"),
                _("%(product)s is newly installed, or is to run under another key.")
                % {"product": product},
            ),
            Option(
                Task.UPGRADE,
                _("Upgrade an instance"),
                _("An older version of %(product)s becomes a newer one.") % {"product": product},
            ),
        ),
    )


def _versions(_facts: Facts) -> QuestionPage:
    return QuestionPage(
        heading=_("From which version to which?"),
        why=_("Only an upgrade to version 15 or later needs a business account."),
        told=_("Versions"),
    )


def _instance(facts: Facts) -> QuestionPage:
    if facts.is_upgrade:
        return _instance_of_upgrade()
    return QuestionPage(
        heading=_("Is this your company's first instance?"),
        why=_("The first instance usually opens the account. All later ones belong in it too."),
        told=_("First instance"),
        options=(
            Option(
                WhichInstance.FIRST,
                _("Yes, it's the first"),
                _("No instance of version 15 or later was activated at your company before."),
            ),
            Option(
                WhichInstance.LATER,
                _("No, there are others"),
                _("At least one is active or was activated before, on any server or site."),
            ),
            Option(
                WhichInstance.UNSURE,
                _("I'm not sure"),
                _("One more question will tell."),
            ),
        ),
    )


def _instance_of_upgrade() -> QuestionPage:
    """Farms of older versions are no sign of an account: only version 15 or later is."""
    return QuestionPage(
        heading=_("Has your company activated version 15 or later before?"),
        why=_("Version 15 was the first to need a business account. If so, your company has one."),
        told=_("Version 15 or later before"),
        options=(
            Option(
                WhichInstance.FIRST,
                _("No, never"),
                _("Your company has only used older versions."),
            ),
            Option(
                WhichInstance.LATER,
                _("Yes, it has"),
                _("By you, a colleague or someone you hired, even if it's no longer in use."),
            ),
            Option(
                WhichInstance.UNSURE,
                _("I'm not sure"),
                _("We'll treat this as the first, and show you how to check."),
            ),
        ),
    )


def _activated(_facts: Facts) -> QuestionPage:
    return QuestionPage(
        heading=_("Was version 15 or later ever activated at your company?"),
        why=_("It can't be activated without a business account. If it was, you have an account."),
        told=_("Activated before"),
        options=(
            Option(
                Activated.YES,
                _("Yes, it was"),
                _("By you, a colleague or someone you hired, even if it's no longer in use."),
            ),
            Option(
                Activated.NO,
                _("No, never"),
                _("You had older versions only, or none."),
            ),
            Option(
                Activated.UNSURE,
                _("I can't tell"),
                _("We'll go on as for a first instance and show you how to check."),
            ),
        ),
    )


def _login(facts: Facts) -> QuestionPage:
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
                _("You still read the mail of that address."),
            ),
            Option(
                Login.LOST,
                _("No, I can't get in"),
                _("You don't know the email, it's someone else's, or its mailbox is gone."),
            ),
        ),
    )


def _signs(_facts: Facts) -> QuestionPage:
    return QuestionPage(
        heading=_("Which of these are true for your company?"),
        why=_("Each can mean that a business account was opened for you without your doing."),
        told=_("Signs of an account"),
        options=(
            Option(
                AccountHint.INSURANCE,
                _("Permanent license with upgrade insurance"),
                _("It's for an older version, and the insurance is still valid today."),
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
                _("Or none that you know of."),
            ),
        ),
    )


def _invited(_facts: Facts) -> QuestionPage:
    return QuestionPage(
        heading=_("Did you or a colleague get an invitation?"),
        why=_("When an account is opened for a company, its primary email gets an invitation."),
        told=_("Invitation"),
        options=(
            Option(
                Invited.ME,
                _("Yes, I did"),
                _("A mail invited you to join a business account."),
            ),
            Option(
                Invited.COLLEAGUE,
                _("Yes, a colleague did"),
                _("They are in the account, or can be with one click."),
            ),
            Option(
                Invited.NO,
                _("No"),
                _("Nobody you know of."),
            ),
            Option(
                Invited.UNSURE,
                _("I'm not sure"),
                _("It may be long ago, or have gone to someone who left."),
            ),
        ),
    )


def _email_known(facts: Facts) -> QuestionPage:
    if facts.is_upgrade and not facts.signs:
        heading = _("Do you know the primary email of your previous purchase?")
        unknown = _("Any other email will do.")
    else:
        heading = _("Do you know the primary email of the purchase?")
        unknown = _("We'll look for the account another way.")
    return QuestionPage(
        heading=heading,
        why=_("Your company gave it when it bought, and your licenses are under it."),
        told=_("Primary email"),
        options=(
            Option(EmailKnown.YES, _("Yes, I know it"), _("You'll type it on the next page.")),
            Option(EmailKnown.NO, _("No, I don't"), unknown),
        ),
    )


_WORDS: Final[dict[Question, Callable[[Facts], QuestionPage]]] = {
    Question.TASK: _task,
    Question.VERSIONS: _versions,
    Question.INSTANCE: _instance,
    Question.ACTIVATED: _activated,
    Question.LOGIN: _login,
    Question.SIGNS: _signs,
    Question.INVITED: _invited,
    Question.EMAIL_KNOWN: _email_known,
}
