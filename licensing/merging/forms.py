"""What is confirmed when two business accounts merge."""

from __future__ import annotations

from typing import Final

from django import forms

OURS: Final = "ours"
THEIRS: Final = "theirs"


class ConfirmForm(forms.Form):
    """The digest of the plan that the person has looked at; empty when they couldn't."""

    seen = forms.CharField(required=False, max_length=64)


class ProposeForm(ConfirmForm):
    """And which of the two accounts stays."""

    keep = forms.ChoiceField(choices=[(OURS, OURS), (THEIRS, THEIRS)])
