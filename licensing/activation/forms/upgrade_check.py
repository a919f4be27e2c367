"""Asks for the version and day of a planned upgrade."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from licensing.licenses.rules import releases

_AHEAD: Final = timedelta(days=2 * 365)
_NEWEST: Final = max(releases.RELEASED_ON)


class UpgradeCheckForm(forms.Form):
    """Accepts a version newer than `runs`, and a day within two years from `today`."""

    version = forms.CharField(
        label=gettext_lazy("New version"),
        max_length=20,
        help_text=gettext_lazy("As in %(newest)d or %(newest)d.1.") % {"newest": _NEWEST},
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Enter the version you want to upgrade to.")},
    )
    day = forms.DateField(
        label=gettext_lazy("Day of the upgrade"),
        required=False,
        help_text=gettext_lazy("If left empty: today."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": gettext_lazy("A date looks like 2027-01-31.")},
    )

    def __init__(self, *args: Any, runs: str, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.runs, self.today = runs, today

    def clean_version(self) -> str:
        version: str = self.cleaned_data["version"]
        if not releases.ordered(version):
            raise forms.ValidationError(
                _("A version is numbers and dots, like %(newest)d.1.") % {"newest": _NEWEST},
                code="invalid",
            )
        if releases.ordered(version) <= releases.ordered(self.runs):
            raise forms.ValidationError(
                _("It already runs %(version)s. Enter a newer version.") % {"version": self.runs},
                code="not_newer",
            )
        return version

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"] or self.today
        if not self.today <= day <= self.today + _AHEAD:
            raise forms.ValidationError(
                _("Choose a day from today to two years from now."), code="out_of_range"
            )
        return day
