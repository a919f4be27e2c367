from accounts.forms.entrance import (
    AddEmailForm,
    ChangePasswordForm,
    LoginForm,
    ResetPasswordForm,
    SetPasswordForm,
    SignupForm,
)

__all__ = [
    "AddEmailForm",
    "ChangePasswordForm",
    "LoginForm",
    "ResetPasswordForm",
    "SetPasswordForm",
    "SignupForm",
]
