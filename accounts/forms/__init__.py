from accounts.forms.entrance import AddEmailForm, LoginForm, SignupForm

__all__ = ["AddEmailForm", "LoginForm", "SignupForm"]
