"""Inputs look as Django's own templates draw them."""

from __future__ import annotations

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates

from accounts.web.form_renderer import FormRenderer

WIDGETS = [
    forms.TextInput(attrs={"maxlength": 20, "required": True, "disabled": False}),
    forms.EmailInput(attrs={"placeholder": 'a "quoted" <word>'}),
    forms.PasswordInput(render_value=True),
    forms.NumberInput(attrs={"min": 0}),
    forms.HiddenInput(),
    forms.CheckboxInput(attrs={"id": "id_x"}),
]


@pytest.mark.parametrize("widget", WIDGETS, ids=lambda widget: type(widget).__name__)
@pytest.mark.parametrize("value", [None, "", 0, 12, 'x" onfocus="alert(1)'])
def test_an_input_is_as_django_draws_it(widget: forms.Widget, value: object) -> None:
    ours = widget.render("field", value, renderer=FormRenderer())

    assert ours == widget.render("field", value, renderer=DjangoTemplates()).strip()


@pytest.mark.parametrize("kind", [forms.RadioSelect, forms.CheckboxSelectMultiple])
def test_a_choice_is_as_django_draws_it(kind: type[forms.RadioSelect]) -> None:
    def choices(renderer: DjangoTemplates) -> list[str]:
        class Form(forms.Form):
            role = forms.MultipleChoiceField(choices=[("a", "A & B"), ("b", "B")], widget=kind())

        field = Form({"role": ["a"]}, renderer=renderer)["role"]
        return [str(choice.tag()).strip() for choice in field] + [str(choice) for choice in field]

    assert choices(FormRenderer()) == choices(DjangoTemplates())
