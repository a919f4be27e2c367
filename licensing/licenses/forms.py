"""Forms about keys: registering one, and the name and reservation of a new one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.identity.validators import validate_plain_text
from licensing.licenses.rules import key_codes


def name_field(help_text: Any) -> forms.CharField:
    return forms.CharField(
        label=_("Name"),
        max_length=60,
        validators=[validate_plain_text],
        help_text=help_text,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Enter a name.")},
    )


class RegisterKeyForm(forms.Form):
    key = forms.CharField(
        label=_("License key"),
        max_length=64,
        help_text=_(
            "From your purchase email or invoice, such as RAS1-XXXXX-XXXXX-XXXXX-XXXXX. Keys "
            "of older versions work too."
        ),
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "enterkeyhint": "done",
            }
        ),
        error_messages={
            "required": _("Enter the key."),
            "max_length": _("That's too long for a key. Enter one key."),
        },
    )

    def clean_key(self) -> str:
        """The key in canonical form."""
        try:
            return key_codes.canonical(self.cleaned_data["key"])
        except key_codes.InvalidKey as error:
            raise forms.ValidationError(str(error), code="invalid_key") from error


class CutKeyForm(forms.Form):
    name = name_field(_("Who or what it's for, such as a site or a department."))
    seats = forms.IntegerField(
        label=_("Seats to reserve"),
        min_value=1,
        error_messages={
            "required": _("Enter how many seats the key reserves."),
            "invalid": _("Enter a whole number."),
            "min_value": _("Reserve at least one seat."),
        },
    )

    def __init__(self, *args: Any, left: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.left = left
        self.fields["seats"].help_text = ngettext(
            "%(left)d seat is left in this license.",
            "%(left)d seats are left in this license.",
            left,
        ) % {"left": left}

    def clean_seats(self) -> int:
        seats: int = self.cleaned_data["seats"]
        if seats > self.left:
            raise forms.ValidationError(
                ngettext(
                    "Only %(left)d seat is left. Reserve at most that.",
                    "Only %(left)d seats are left. Reserve at most that many.",
                    self.left,
                )
                % {"left": self.left},
                code="not_enough_seats",
            )
        return seats


class KeyNameForm(forms.Form):
    name = name_field(_("Everyone in the account sees it. The key itself stays the same."))
