"""A message to support."""

from __future__ import annotations

import re
import uuid
from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.identity.validators import validate_plain_text, validate_readable
from accounts.sign_in.forms.codes import EmailField

REFERENCE: Final = re.compile(r"[0-9A-Z]{3,4}-[0-9A-Z]{3,4}")


class SupportForm(forms.Form):
    email = EmailField(_("Your email"), help_text=_("We'll reply to this address."))
    subject = forms.CharField(
        label=_("What is it about?"),
        max_length=150,
        validators=[validate_plain_text],
        error_messages={"required": _("Say in a few words what it's about.")},
    )
    message = forms.CharField(
        label=_("What happened?"),
        help_text=_("What you did, and what you saw. Leave out passwords and codes."),
        max_length=5000,
        validators=[validate_readable],
        widget=forms.Textarea(attrs={"rows": 7}),
        error_messages={"required": _("Tell us what happened, even in one sentence.")},
    )
    form_token = forms.UUIDField(required=False, widget=forms.HiddenInput)
    reference = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    came_from = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)

    def clean_reference(self) -> str:
        """The reference of the page that led here; anything else is dropped."""
        reference: str = self.cleaned_data["reference"]
        return reference if REFERENCE.fullmatch(reference) else ""

    def clean_form_token(self) -> uuid.UUID:
        """Which form this is: sent twice, it is one message."""
        token: uuid.UUID | None = self.cleaned_data["form_token"]
        return token or uuid.uuid4()

    def clean_came_from(self) -> str:
        came_from: str = self.cleaned_data["came_from"]
        return came_from if came_from.isprintable() else ""
