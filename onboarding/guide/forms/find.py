"""Proving a mailbox, and asking an administrator."""

from __future__ import annotations

from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.identity.validators import validate_plain_text, validate_readable
from accounts.sign_in.forms.codes import EmailField

MAX_MESSAGE_LENGTH: Final = 500


class FindForm(forms.Form):
    email = EmailField(_("Email"), help_text=_("Any address whose email you can read right now."))

    def typed(self) -> str:
        """The address as the person typed it, for showing."""
        return str(self.data.get("email", "")).strip()


class RequestForm(forms.Form):
    """Who asks to join, and a word to the administrators."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=100,
        validators=[validate_plain_text],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Enter your name so that they know who's asking.")},
    )
    message = forms.CharField(
        label=_("Message"),
        help_text=_("What you need the account for, in a sentence. Up to 500 characters."),
        required=False,
        max_length=MAX_MESSAGE_LENGTH,
        validators=[validate_readable],
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AskForm(RequestForm):
    """A request to the administrators of the accounts that an address belongs to."""

    colleague = EmailField(
        _("Email of a colleague, or the primary email of the purchase"),
        help_text=_("We'll look up the account it belongs to. We won't write to this address."),
        autocomplete="off",
    )
    field_order = ("colleague", "name", "message")
