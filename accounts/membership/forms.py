"""Forms of the signed-in pages: naming an account, inviting, roles, settings and filters."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.identity.addresses import split_addresses
from accounts.identity.validators import validate_plain_text
from accounts.permissions import Role

MAX_ADDRESSES: Final = 100
MAX_ADDRESSES_LENGTH: Final = 20_000


class ExplainedChoice(forms.ChoiceField):
    """A choice whose every option says in a sentence what it means."""

    def __init__(self, *, explanations: dict[str, str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.explanations = explanations


def role_field(label: Any) -> ExplainedChoice:
    return ExplainedChoice(
        label=label,
        choices=[(role.value, role.label) for role in reversed(Role)],
        explanations={role.value: role.allows for role in Role},
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose a role."),
            "invalid_choice": _("Choose one of the roles."),
        },
    )


class AccountNameForm(forms.Form):
    name = forms.CharField(
        label=_("Name of the company or organization"),
        max_length=100,
        validators=[validate_plain_text],
        help_text=_("Colleagues see it when you invite them. You can change it later."),
        widget=forms.TextInput(attrs={"autocomplete": "organization", "enterkeyhint": "done"}),
        error_messages={"required": _("Enter the name of your company or organization.")},
    )
    next = forms.CharField(required=False, widget=forms.HiddenInput)


class InviteForm(forms.Form):
    emails = forms.CharField(
        label=_("Email addresses"),
        help_text=_(
            "Up to 100 at once, separated by commas, spaces or new lines. "
            "Pasting “Name <name@company.com>” works too."
        ),
        widget=forms.Textarea(
            attrs={"rows": 5, "autocapitalize": "none", "spellcheck": "false", "maxlength": False}
        ),
        error_messages={"required": _("Enter at least one email address.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"] = role_field(_("Role"))
        self.fields["role"].initial = Role.MEMBER
        self.fields["as_typed"] = forms.BooleanField(
            label=_("These addresses are correct as entered"), required=False
        )

    def clean_emails(self) -> list[str]:
        """The addresses, not yet checked one by one: the action answers for each."""
        text: str = self.cleaned_data["emails"]
        if len(text) > MAX_ADDRESSES_LENGTH:
            raise forms.ValidationError(
                _("That's too many. Invite at most 100 addresses at a time."),
                code="too_long",
            )
        addresses = split_addresses(text)
        if not addresses:
            raise forms.ValidationError(_("Enter at least one email address."), code="required")
        if (count := len(addresses)) > MAX_ADDRESSES:
            raise forms.ValidationError(
                ngettext(
                    "That's %(count)d address. Invite at most 100 at a time.",
                    "That's %(count)d addresses. Invite at most 100 at a time.",
                    count,
                )
                % {"count": count},
                code="too_many",
            )
        return addresses


class CorrectionForm(forms.Form):
    email = forms.CharField(
        label=_("Email"),
        max_length=254,
        help_text=_("The old invitation is revoked, and this address gets a new one."),
        widget=forms.EmailInput(attrs={"autocomplete": "off", "enterkeyhint": "send"}),
        error_messages={"required": _("Enter the right email address.")},
    )


class MailChoiceForm(forms.Form):
    wants_reminders = forms.BooleanField(
        label=_("Email me reminders and the weekly summary"),
        help_text=_("License end dates and what needs attention. Only administrators get them."),
        required=False,
    )


class RoleForm(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"] = role_field(_("Role"))


class SettingsForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        validators=[validate_plain_text],
        help_text=_("Shown to members, in invitations and in emails."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        error_messages={"required": _("Enter the name of your company or organization.")},
    )
    require_two_step = forms.BooleanField(
        label=_("Everyone needs two-step sign-in"), required=False
    )
    joinable_by_domain = forms.BooleanField(
        label=_("Colleagues may find this account and ask to join"), required=False
    )

    def __init__(self, *args: Any, has_two_step: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.has_two_step = has_two_step

    def clean_require_two_step(self) -> bool:
        wanted: bool = self.cleaned_data["require_two_step"]
        if wanted and not self.has_two_step and not self.initial["require_two_step"]:
            raise forms.ValidationError(
                _("Turn on two-step sign-in for yourself first. You'd be locked out otherwise."),
                code="own_two_step_missing",
            )
        return wanted
