from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.identity.validators import validate_readable


class ClaimForm(forms.Form):
    reason = forms.CharField(
        label=_("Who are you at the company, and why can nobody administer the account?"),
        help_text=_("Everyone who could object sees this, and so does our team."),
        max_length=1000,
        validators=[validate_readable],
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Give a reason, so that others can judge it.")},
    )
