"""Forms for one instance: its name and note, and the key to run it under."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.identity.validators import validate_plain_text
from accounts.membership.forms import ExplainedChoice
from licensing.activation.rules.installation import MAX_NAME_LENGTH
from licensing.licenses.models import Key
from licensing.protocol.date_text import in_words

MAX_NOTE_LENGTH = 500


class InstanceForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=MAX_NAME_LENGTH,
        validators=[validate_plain_text],
        help_text=gettext_lazy("Its name here and in its license document."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "enterkeyhint": "next"}),
        error_messages={"required": gettext_lazy("An instance needs a name.")},
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        help_text=gettext_lazy("Where it is, whom to call. Up to 500 characters."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def clean_note(self) -> str:
        """The note with normalized line breaks, which count as one character each."""
        note: str = self.cleaned_data["note"].replace("\r\n", "\n").replace("\r", "\n")
        if len(note) > MAX_NOTE_LENGTH:
            raise forms.ValidationError(
                _("Use at most %(count)d characters; these are %(length)d.")
                % {"count": MAX_NOTE_LENGTH, "length": len(note)},
                code="too_long",
            )
        for line in note.split("\n"):
            validate_plain_text(line)
        return note


class MoveForm(forms.Form):
    """A choice among `keys` that fit."""

    def __init__(self, *args: Any, keys: Sequence[Key], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keys = {str(key.public_id): key for key in keys}
        self.fields["key"] = ExplainedChoice(
            label=gettext_lazy("Key"),
            choices=[(value, key.license.name) for value, key in self.keys.items()],
            explanations={value: _room(key) for value, key in self.keys.items()},
            widget=forms.RadioSelect,
            error_messages={
                "required": gettext_lazy("Choose a key."),
                "invalid_choice": gettext_lazy("This key no longer fits. Choose another one."),
            },
        )

    @property
    def chosen(self) -> Key:
        return self.keys[self.cleaned_data["key"]]


def _room(key: Key) -> str:
    """The key, its free seats, and its license's last day."""
    if key.reserved is None:
        text = _("%(left)d of %(seats)d seats left")
        values = {"left": key.license.seats_left, "seats": key.license.seats}
    else:
        text = _("%(left)d of %(seats)d reserved seats left")
        values = {"left": key.reserved - key.instances_live, "seats": key.reserved}
    end = key.license.ends_on
    ends = _("until %(day)s") % {"day": in_words(end)} if end else ""
    return "\u00a0· ".join(part for part in (str(key), text % values, ends) if part)
