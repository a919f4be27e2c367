from __future__ import annotations

from django.urls import include, path, re_path

from accounts.views import entrance, invitation_page

entrance_patterns = [
    path("login/", entrance.LoginView.as_view(), name="account_login"),
    path("signup/", entrance.SignupView.as_view(), name="account_signup"),
    path("logout/", entrance.logout, name="account_logout"),
    path("password/reset/", entrance.PasswordResetView.as_view(), name="account_reset_password"),
    # "done" is allauth's page, not a key.
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        entrance.PasswordResetFromKeyView.as_view(),
        name="account_reset_password_from_key",
    ),
    path("", include("allauth.urls")),
]
invitation_patterns = [
    path("", invitation_page.page, name="invitation"),
    path("ask/", invitation_page.ask_again, name="invitation_ask_again"),
    path("prove/", invitation_page.prove, name="invitation_prove"),
]
urlpatterns = [
    path("accounts/", include(entrance_patterns)),
    path("invitations/<str:token>/", include(invitation_patterns)),
]
