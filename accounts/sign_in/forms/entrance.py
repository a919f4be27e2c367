"""Signing up and in: allauth's forms with our words, fields and email identity."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.directory.models import User
from accounts.identity.addresses import InvalidEmail, canonical_email
from accounts.identity.validators import MAX_PASSWORD_LENGTH, validate_plain_text
from accounts.sign_in.actions import people

EMAIL_ATTRS = {"autocomplete": "email", "inputmode": "email", "autocapitalize": "none"}


class LoginForm(allauth_forms.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Email")
        self.fields["login"].widget.attrs = {**EMAIL_ATTRS, "autocomplete": "username webauthn"}
        self.fields["login"].widget.attrs["data-passkey-autofill"] = ""
        self.fields["password"].help_text = ""
        self.fields["password"].widget.attrs.pop("placeholder", None)
        self.fields["password"].max_length = MAX_PASSWORD_LENGTH

    def clean_login(self) -> str:
        """The canonical address; what we'd refuse as one simply won't match any account."""
        login: str = super().clean_login()
        try:
            return canonical_email(login)
        except InvalidEmail:
            return login


class SignupForm(allauth_forms.SignupForm):
    """Name, email and password. Says on the page when the address has an account (SPEC A18)."""

    field_order = ("name", "email", "password1")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.fixed_email: str = kwargs.pop("fixed_email", "")
        super().__init__(*args, **kwargs)
        self.fields["name"] = forms.CharField(
            label=_("Your name"),
            max_length=100,
            validators=[validate_plain_text],
            widget=forms.TextInput(attrs={"autocomplete": "name"}),
        )
        self.fields["email"].widget.attrs = dict(EMAIL_ATTRS)
        self.fields["email"].help_text = ""
        self.fields["password1"].help_text = _(
            "At least 12 characters. Try three or four unrelated words."
        )
        self.fields["password1"].max_length = MAX_PASSWORD_LENGTH
        self.fields["password1"].widget.attrs.pop("placeholder", None)
        if self.fixed_email:
            del self.fields["email"]
        self.order_fields(self.field_order)
        self.existing_email = ""

    def clean_email(self) -> str:
        """The canonical form of the address, free to take."""
        # allauth lower-cases first, which would hide what canonicalization refuses.
        email: str = get_adapter().clean_email(self.cleaned_data["email"])
        return self.validate_unique_email(email)

    def typed_email(self) -> str:
        """The address as the person typed it, for showing."""
        return self.fixed_email or str(self.data.get("email", "")).strip()

    def validate_unique_email(self, value: str) -> str:
        if people.is_taken(value):
            self.existing_email = value
            raise get_adapter().validation_error("email_taken")
        return value

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if self.fixed_email:
            cleaned["email"] = self.validate_unique_email(self.fixed_email)
        if (password := cleaned.get("password1")) and cleaned.get("email"):
            # The name and the address are known only now; allauth checked the rest.
            self._check_similarity(password, cleaned)
        return cleaned

    def _check_similarity(self, password: str, cleaned: dict[str, Any]) -> None:
        user = User(email=cleaned["email"], name=cleaned.get("name", ""))
        try:
            get_adapter().clean_password(password, user=user)
        except forms.ValidationError as error:
            self.add_error("password1", error)


class _PasswordTwice:
    """A new password, typed twice: errors call the fields as the pages do."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = _("New password")
        self.fields["password2"].label = _("New password, once more")


class ResetLinkForm(allauth_forms.UserTokenForm):
    """Whose reset link it is: nobody's, unless an active person has proven a mailbox."""

    def _get_user(self, uidb36: str) -> User | None:
        user: User | None = super()._get_user(uidb36)
        return user if user and user.is_active and people.has_proven(user) else None


class RequestResetForm(allauth_forms.ResetPasswordForm):
    """Forgot password: the address, as everybody else compares it."""

    def clean_email(self) -> str:
        email: str = get_adapter().clean_email(self.cleaned_data["email"])
        user = people.holder(email)
        self.users = [user] if user else []
        return email


class ResetPasswordForm(_PasswordTwice, allauth_forms.ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password2"].required = False

    def clean_password2(self) -> str:
        """Nobody has to type it twice; whoever does means the same."""
        typed: str = self.cleaned_data["password2"]
        return typed or self.cleaned_data.get("password1", "")


class ChangePasswordForm(_PasswordTwice, allauth_forms.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = _("Current password")


class SetPasswordForm(_PasswordTwice, allauth_forms.SetPasswordForm):
    pass


class AddEmailForm(allauth_forms.AddEmailForm):
    """One more address: nothing of it is kept before its code is typed."""

    def clean_email(self) -> str:
        value: str = get_adapter().clean_email(self.cleaned_data["email"])
        if people.has_proven(self.user, value):
            raise get_adapter().validation_error("duplicate_email")
        if people.is_taken(value):
            raise get_adapter().validation_error("email_taken")
        return value

    def typed_email(self) -> str:
        """The address as the person typed it, for showing."""
        return str(self.data.get("email", "")).strip()
