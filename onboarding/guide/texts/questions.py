"""How each question is put, why it is asked, and what its answers mean."""

from collections.abc import Callable
from typing import Final

from django.utils.translation import gettext as _

from onboarding.guide.rules.answers import NO_SIGN
from onboarding.guide.rules.facts import (
    Facts,
)
from onboarding.guide.rules.questions import Question
from onboarding.guide.texts import questions_of_installations, questions_of_people
from onboarding.guide.texts.question_page import QuestionPage


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


_WORDS: Final[dict[Question, Callable[[Facts], QuestionPage]]] = {
    Question.TASK: questions_of_installations.task,
    Question.VERSIONS: questions_of_installations.versions,
    Question.INSTANCE: questions_of_installations.instance,
    Question.ACTIVATED: questions_of_installations.activated,
    Question.LOGIN: questions_of_people.login,
    Question.SIGNS: questions_of_people.signs,
    Question.INVITED: questions_of_people.invited,
    Question.EMAIL_KNOWN: questions_of_people.email_known,
}
