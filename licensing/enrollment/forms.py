"""What a new enrollment token is for: its name, its key, how often and for how long."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from licensing.enrollment.actions.enrollment import MAX_TOKEN_LIFETIME, MAX_TOKEN_USES
from licensing.licenses.forms import name_field
from licensing.licenses.models import Key


class TokenForm(forms.Form):
    name = name_field(_("Where it will be used, such as the name of a script or an image."))
    key = forms.UUIDField(
        label=_("Key"),
        help_text=_("Instances that enroll use this key and its seats."),
        widget=forms.Select,
        error_messages={
            "required": _("Choose a key."),
            "invalid": _("Choose one of the keys."),
        },
    )
    uses = forms.IntegerField(
        label=_("Number of instances"),
        help_text=_("1 to 1,000. The same instance enrolling again doesn't count twice."),
        min_value=1,
        max_value=MAX_TOKEN_USES,
        initial=1,
        error_messages={
            "required": _("Enter how many instances can enroll."),
            "invalid": _("Enter a whole number."),
            "min_value": _("Allow at least one instance."),
            "max_value": _("Allow at most 1,000 instances. Create another token for more."),
        },
    )
    days = forms.IntegerField(
        label=_("Days until it ends"),
        help_text=_("1 to 90. Instances enrolled by then keep running."),
        min_value=1,
        max_value=MAX_TOKEN_LIFETIME.days,
        initial=30,
        error_messages={
            "required": _("Enter a number of days."),
            "invalid": _("Enter a whole number."),
            "min_value": _("Make it valid for at least one day."),
            "max_value": _("Make it valid for at most 90 days."),
        },
    )

    form_token = forms.UUIDField(required=False, widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(
        self, *args: Any, offered: list[Key], find: Callable[[uuid.UUID], Key | None], **kwargs: Any
    ) -> None:
        """`offered` are shown; `find` looks up any key that may be chosen."""
        super().__init__(*args, **kwargs)
        self.find = find
        self.fields["key"].widget.choices = [
            (str(key.public_id), f"{key} · {key.license}") for key in offered
        ]

    def clean_form_token(self) -> uuid.UUID:
        """Which form this is: sent twice, it makes one token."""
        token: uuid.UUID | None = self.cleaned_data["form_token"]
        return token or uuid.uuid4()

    def clean_key(self) -> Key:
        key = self.find(self.cleaned_data["key"])
        if key is None:
            raise forms.ValidationError(_("Choose one of the keys."), code="invalid_choice")
        return key
