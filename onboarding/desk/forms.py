from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.identity.validators import validate_plain_text
from licensing.licenses.models.license import MAX_REASON_LENGTH
from licensing.licenses.rules.entitlement import TRIALS_A_YEAR, TRIALS_AT_ONCE

MAX_TRIALS: Final = 1000


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The company sees this by email, on its pages and at its consoles."),
        max_length=MAX_REASON_LENGTH,
        validators=[validate_plain_text],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Give a reason for the company.")},
    )
    next = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_reason(self) -> str:
        """One line."""
        return " ".join(str(self.cleaned_data["reason"]).split())


class TrialsForm(ReasonForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = _("The company reads it in its activity.")

    at_once = forms.IntegerField(
        label=_("Trials at a time"), min_value=TRIALS_AT_ONCE, max_value=MAX_TRIALS
    )
    a_year = forms.IntegerField(
        label=_("Trials a year"), min_value=TRIALS_A_YEAR, max_value=MAX_TRIALS
    )

    def clean(self) -> dict[str, object]:
        """A year holds at least as many as run at a time."""
        given = super().clean() or {}
        at_once, a_year = given.get("at_once"), given.get("a_year")
        if at_once and a_year and a_year < at_once:
            self.add_error("a_year", _("Allow at least as many a year as at a time."))
        return given


class AddressForm(forms.Form):
    email = forms.CharField(
        label=_("Primary email"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Enter the right email address.")},
    )
    others = forms.BooleanField(required=False)
    next = forms.CharField(required=False, widget=forms.HiddenInput)
