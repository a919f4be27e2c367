from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class AddressForm(forms.Form):
    email = forms.CharField(
        label=_("Primary email"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Enter the right email address.")},
    )
    others = forms.BooleanField(required=False)
    next = forms.CharField(required=False, widget=forms.HiddenInput)
