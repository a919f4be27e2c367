"""Proving a mailbox, and asking an administrator."""

from __future__ import annotations

from typing import Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.identity import MAX_LENGTH, InvalidEmail, canonical_email
from accounts.validators import validate_plain_text, validate_readable

MESSAGE_LENGTH: Final = 500
_CODE_LENGTH: Final = 8


class EmailField(forms.CharField):
    """An address; cleans to its canonical form."""

    def __init__(
        self, label: str | Promise, *, help_text: str | Promise = "", autocomplete: str = "email"
    ) -> None:
        attrs = {
            "autocomplete": autocomplete,
            "inputmode": "email",
            "autocapitalize": "none",
            "spellcheck": "false",
        }
        super().__init__(
            label=label,  # type: ignore[arg-type]  # lazy texts are Promises
            help_text=help_text,  # type: ignore[arg-type]
            max_length=MAX_LENGTH,
            widget=forms.EmailInput(attrs=attrs),
            error_messages={"required": _("Enter an email address.")},
        )

    def clean(self, value: object) -> str:
        try:
            return canonical_email(super().clean(value))
        except InvalidEmail as error:
            raise forms.ValidationError(str(error), code="invalid") from None


class FindForm(forms.Form):
    email = EmailField(_("Email"), help_text=_("Any address whose mail you can read right now."))

    def typed(self) -> str:
        """The address as the person typed it, for showing."""
        return str(self.data.get("email", "")).strip()


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code from the mail"),
        help_text=_("Typed or pasted, with or without the dash."),
        max_length=40,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "enterkeyhint": "go",
            }
        ),
        error_messages={
            "required": _("Enter the code from the mail."),
            "max_length": _("The code has 8 letters, like BCDF-GHJK."),
        },
    )

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        letters = "".join(letter for letter in code if letter.isalnum())
        if len(letters) != _CODE_LENGTH:
            raise forms.ValidationError(_("The code has 8 letters, like BCDF-GHJK."))
        return letters


class RequestForm(forms.Form):
    """Who asks to join, and a word to the administrators."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=100,
        validators=[validate_plain_text],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Enter your name, so that they know who asks.")},
    )
    message = forms.CharField(
        label=_("Message"),
        help_text=_("What you need the account for, in a sentence. Up to 500 characters."),
        required=False,
        max_length=MESSAGE_LENGTH,
        validators=[validate_readable],
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AskForm(RequestForm):
    """A request to the administrators of the accounts that an address belongs to."""

    colleague = EmailField(
        _("Email of a colleague, or the primary email of the purchase"),
        help_text=_("We look up the account it belongs to. We don't write to this address."),
        autocomplete="off",
    )
    field_order = ("colleague", "name", "message")
