"""Forms of the activation pages, one question each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.directory.models import BusinessAccount, Membership
from accounts.membership.forms import ExplainedChoice
from licensing.licenses.models import License
from licensing.permissions import LicensingPermission

Row = tuple[str, str, str]  # value, title and explanation
_MAX_CODE_LENGTH: Final = 40
MAX_KEY_SEATS: Final = 1_000_000


class ConsoleCodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Code on the console"),
        help_text=gettext_lazy("Eight letters. The dash is optional."),
        max_length=_MAX_CODE_LENGTH,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "enterkeyhint": "go",
                "maxlength": False,
            }
        ),
        error_messages={
            "required": gettext_lazy("Enter the code the console shows."),
            "max_length": gettext_lazy("That's too long for a code. It has eight letters."),
        },
    )


class DisableableRows(forms.RadioSelect):
    """Radio rows, some of them disabled with the reason."""

    disabled: frozenset[str] = frozenset()

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        if str(value) in self.disabled:
            option["attrs"]["disabled"] = True
        return option


def radio_rows(
    label: Any, rows: Sequence[Row], *, missing: Any, disabled: Iterable[str] = ()
) -> ExplainedChoice:
    """A radio field for the rows; `missing` is the message when none was chosen."""
    widget = DisableableRows()
    widget.disabled = frozenset(disabled)
    return ExplainedChoice(
        label=label,
        choices=[(value, title) for value, title, _text in rows],
        explanations={value: text for value, _title, text in rows},
        widget=widget,
        error_messages={"required": missing, "invalid_choice": missing},
    )


class SourceForm(forms.Form):
    """Asks what to run the instance under: an existing key, a newly cut one, the trial, or a key to
    enter.
    """

    def __init__(self, *args: Any, rows: Sequence[Row], disabled: set[str], **kwargs: Any) -> None:
        """Each row is (value, title, explanation); rows in `disabled` can't be chosen."""
        super().__init__(*args, **kwargs)
        self.disabled = disabled
        self.fields["source"] = radio_rows(
            gettext_lazy("License key"),
            rows,
            missing=gettext_lazy("Choose one of these."),
            disabled=disabled,
        )

    def clean_source(self) -> str:
        source: str = self.cleaned_data["source"]
        if source in self.disabled:
            raise forms.ValidationError(_("Choose one of these."), code="invalid_choice")
        return source


class CutDuringActivationForm(forms.Form):
    """Asks which license to cut a key from, and how many seats to reserve."""

    def __init__(self, *args: Any, licenses: list[License], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.licenses = {str(license.public_id): license for license in licenses}
        self.fields["cut"] = radio_rows(
            gettext_lazy("License"),
            [(value, each.name, _left(each)) for value, each in self.licenses.items()],
            missing=gettext_lazy("Choose a license."),
        )
        self.fields["seats"] = forms.IntegerField(
            label=gettext_lazy("Seats to set aside"),
            help_text=gettext_lazy("How many people can use this instance at the same time."),
            min_value=1,
            widget=forms.NumberInput(attrs={"inputmode": "numeric", "min": 1}),
            error_messages={
                "required": gettext_lazy("Enter a number of seats."),
                "invalid": gettext_lazy("Enter a whole number of seats."),
                "min_value": gettext_lazy("Set at least one seat aside."),
            },
        )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        license, seats = self.licenses.get(cleaned.get("cut", "")), cleaned.get("seats")
        if license is not None and seats is not None and seats > license.seats_left:
            self.add_error("seats", _("Only %(left)d are left.") % {"left": license.seats_left})
        return cleaned


class ReplaceForm(forms.Form):
    """Asks which instance to replace."""

    def __init__(self, *args: Any, rows: Sequence[Row], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["replace"] = radio_rows(
            gettext_lazy("Instance"),
            rows,
            missing=gettext_lazy("Choose the instance to replace."),
        )


class ChoiceForm(forms.Form):
    """All choices, carried from the consent page to the approval."""

    key = forms.UUIDField(required=False)
    cut = forms.UUIDField(required=False)
    seats = forms.IntegerField(required=False, min_value=1, max_value=MAX_KEY_SEATS)
    trial = forms.BooleanField(required=False)
    replace = forms.UUIDField(required=False)
    split = forms.BooleanField(required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        named = [name for name in ("key", "cut", "trial") if cleaned.get(name)]
        if len(named) != 1 or (named == ["cut"] and not cleaned.get("seats")):
            raise forms.ValidationError(_("Choose one of these."), code="required")
        return cleaned


class AccountForm(forms.Form):
    """Asks which business account the instance will belong to."""

    def __init__(self, *args: Any, memberships: list[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.memberships = memberships
        self.first: BusinessAccount | None = None
        self.split_label = ""
        self.rows = radio_rows(
            gettext_lazy("Business account"),
            [(each.account.slug, each.account.name, _explained(each)) for each in memberships],
            missing=gettext_lazy("Choose a business account."),
        )
        self.fields["account"] = self.rows
        self.fields["split"] = forms.BooleanField(label="", required=False)

    @property
    def is_foreign(self) -> bool:
        """True when the query names an account that the person doesn't belong to."""
        return bool(self.data.get("account"))

    def clean_account(self) -> Membership:
        slug = self.cleaned_data["account"]
        return next(each for each in self.memberships if each.account.slug == slug)

    def prefer(self, account: BusinessAccount, why: str) -> None:
        """Preselect `account`, and say why."""
        self.initial["account"] = account.slug
        text = f"{why} {self.rows.explanations.get(account.slug, '')}"
        self.rows.explanations[account.slug] = text.strip()

    def ask_whether_to_split(self, *, first: BusinessAccount, second: BusinessAccount) -> None:
        """Add the checkbox that confirms splitting keys and instances over two accounts
        (SPEC A4)."""
        text = _(
            "I want it in %(second)s. Keys and instances will be split: %(first)s won't show "
            "those of %(second)s, and licenses of one can't be used in the other."
        )
        self.first = first
        self.split_label = text % {"first": first, "second": second}

    def refuse_to_split(self) -> None:
        text = _("Check this box to continue, or choose %(first)s.")
        self.add_error("split", text % {"first": self.first})


def _explained(membership: Membership) -> str:
    if membership.may(LicensingPermission.LICENSES_MANAGE):
        return ""
    text = _("You're a %(role)s there, so we'll send the request to an administrator.")
    return text % {"role": membership.get_role_display().lower()}


def _left(license: License) -> str:
    text = _("%(left)d of %(seats)d seats left")
    return text % {"left": license.seats_left, "seats": license.seats}
