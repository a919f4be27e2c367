from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from licensing.licenses.rules import key_codes


class FindByKeyForm(forms.Form):
    key = forms.CharField(
        label=_("License key"),
        max_length=80,
        help_text=_("Keys of older versions work too. Spaces, dashes and case don't matter."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        error_messages={"required": _("Enter the key.")},
    )

    def clean_key(self) -> str:
        try:
            return key_codes.canonical(self.cleaned_data["key"])
        except key_codes.InvalidKey as error:
            raise forms.ValidationError(str(error), code="invalid") from error
