"""One question of the guide as a form; the guide itself judges what was sent."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from licensing.licenses.rules.releases import MAX_VERSION_LENGTH
from onboarding.guide.rules.answers import Answers, Query
from onboarding.guide.rules.questions import Question
from onboarding.guide.texts.question_page import QuestionPage


class _Choice(forms.ChoiceField):
    """Radio rows with a title and an explanation each."""

    widget = forms.RadioSelect

    def __init__(self, words: QuestionPage) -> None:
        super().__init__(
            label=words.told,
            choices=[(option.value, option.label) for option in words.options],
            required=False,
        )
        self.explanations = {option.value: option.meaning for option in words.options}

    def validate(self, value: object) -> None:
        """`answers.read` has judged it, with our words."""


class _Choices(_Choice):
    widget = forms.CheckboxSelectMultiple

    def to_python(self, value: Any) -> Any:
        return value


class _Typed(forms.CharField):
    def run_validators(self, value: object) -> None:
        """`answers.read` has judged it, with our words."""

    validate = run_validators


class QuestionForm(forms.Form):
    """Shows what was given before, and what is wrong with it."""

    def __init__(
        self, question: Question, words: QuestionPage, answers: Answers, given: Query
    ) -> None:
        self.question = question
        self.wrong = {
            name: answers.errors[name] for name in question.names if name in answers.errors
        }
        super().__init__(data={} if self.wrong else None, initial=_initial(question, given))
        if question is Question.VERSIONS:
            self.fields["from_version"] = _version(
                _("Current version"), _("For example 14 or 17.1")
            )
            self.fields["to_version"] = _version(_("New version"), _("For example 20.2"))
        elif question is Question.SIGNS:
            self.fields["sign"] = _Choices(words)
        else:
            self.fields[question.value] = _Choice(words)
        # Bound only to carry errors: what was typed is shown from `initial` in both cases.
        self.data = {
            name: self.initial[name] for name in self.fields if self.wrong and name in self.initial
        }

    def clean(self) -> None:
        for name, error in self.wrong.items():
            self.add_error(name, error)


def _version(label: str, hint: str) -> forms.CharField:
    attrs = {"inputmode": "decimal", "autocomplete": "off", "enterkeyhint": "next"}
    return _Typed(
        label=label,
        help_text=hint,
        max_length=MAX_VERSION_LENGTH,
        widget=forms.TextInput(attrs=attrs),
    )


def _initial(question: Question, given: Query) -> dict[str, Any]:
    if question is Question.SIGNS:
        return {"sign": list(given.get("sign", ()))[:4]}
    return {
        name: given[name][-1][:MAX_VERSION_LENGTH] for name in question.names if given.get(name)
    }
