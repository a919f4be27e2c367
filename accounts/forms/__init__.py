from accounts.forms.codes import RequestSignInCodeForm, SignInCodeForm
from accounts.forms.entrance import (
    AddEmailForm,
    ChangePasswordForm,
    LoginForm,
    RequestResetForm,
    ResetLinkForm,
    ResetPasswordForm,
    SetPasswordForm,
    SignupForm,
)

__all__ = [
    "AddEmailForm",
    "ChangePasswordForm",
    "LoginForm",
    "RequestResetForm",
    "RequestSignInCodeForm",
    "ResetLinkForm",
    "ResetPasswordForm",
    "SetPasswordForm",
    "SignInCodeForm",
    "SignupForm",
]
