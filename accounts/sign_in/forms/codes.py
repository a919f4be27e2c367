"""Mailed codes: the address that they go to, and what is typed."""

from __future__ import annotations

from typing import Any, Final

from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter
from allauth.core import context as allauth_context
from django import forms
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import limits
from accounts.identity.addresses import MAX_LENGTH, InvalidEmail, canonical_email
from accounts.sign_in import mailbox_proof
from accounts.sign_in.actions import people

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


class MailedCodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code from the email"),
        help_text=_("You can paste it. The dash is optional."),
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
            "required": _("Enter the code from the email."),
            "max_length": _("The code has 8 letters, like BCDF-GHJK."),
        },
    )

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        letters = "".join(letter for letter in code if letter.isalnum())
        if len(letters) != _CODE_LENGTH:
            raise forms.ValidationError(_("The code has 8 letters, like BCDF-GHJK."))
        return letters


class AnotherAddressForm(forms.Form):
    """The address that a sign-up's code should rather go to."""

    email = EmailField(_("Email"))

    def typed(self) -> str:
        """The address as the person typed it, for showing."""
        return str(self.data.get("email", "")).strip()


class RequestSignInCodeForm(allauth_forms.RequestLoginCodeForm):
    """Sign in by a mailed code: the address, as everybody else compares it."""

    def clean_email(self) -> str:
        email: str = get_adapter().clean_email(self.cleaned_data["email"])
        if not limits.consume(allauth_context.request, action="sign_in_code"):
            raise get_adapter().validation_error("too_many_login_attempts")
        self._user = people.holder(email)
        return email


class SignInCodeForm(allauth_forms.ConfirmLoginCodeForm):
    """The mailed sign-in code of `email`, or the one that this browser may take in its place;
    `code_id` is what the tries are counted by."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.email: str = kwargs.pop("email", "")
        self.code_id: str = kwargs.pop("code_id", "")
        super().__init__(*args, **kwargs)

    def clean_code(self) -> str:
        request = allauth_context.request
        if not limits.consume(request, action="code"):
            raise get_adapter().validation_error("too_many_login_attempts")
        if not mailbox_proof.may_try(request, self.code_id):
            raise get_adapter().validation_error("too_many_login_attempts")
        code: str = self.cleaned_data["code"]
        now = timezone.now()
        if self.email and mailbox_proof.is_shared_code(request, self.email, code, now=now):
            return code
        return str(super().clean_code())
