"""Questions about what somebody is about to install, and what its answers mean."""

from django.conf import settings
from django.utils.translation import gettext as _

from onboarding.guide.rules.facts import (
    Activated,
    Facts,
    Task,
    WhichInstance,
)
from onboarding.guide.texts.question_page import Option, QuestionPage


def task(_facts: Facts) -> QuestionPage:
    product = settings.PORTAL_PRODUCT
    return QuestionPage(
        heading=_("What are you about to do?"),
        why=_("This decides which email to use, and whether you need an account."),
        told=_("Task"),
        options=(
            Option(
                Task.ACTIVATE,
                _("Activate an instance"),
                _("%(product)s is newly installed, or needs another key.") % {"product": product},
            ),
            Option(
                Task.UPGRADE,
                _("Upgrade an instance"),
                _("You're moving %(product)s to a newer version.") % {"product": product},
            ),
        ),
    )


def versions(_facts: Facts) -> QuestionPage:
    return QuestionPage(
        heading=_("From which version to which?"),
        why=_("Only an upgrade to version 15 or later needs a business account."),
        told=_("Versions"),
    )


def instance(facts: Facts) -> QuestionPage:
    if facts.is_upgrade:
        return _instance_of_upgrade()
    return QuestionPage(
        heading=_("Is this your company's first instance?"),
        why=_(
            "The first instance usually opens the account. Later instances go in the same account."
        ),
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
                _("We'll ask one more question."),
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


def activated(_facts: Facts) -> QuestionPage:
    return QuestionPage(
        heading=_("Was version 15 or later ever activated at your company?"),
        why=_("It can't be activated without a business account. If it was, your company has one."),
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
                _("We'll treat this as the first, and show you how to check."),
            ),
        ),
    )
