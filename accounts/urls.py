from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, re_path

from accounts.membership.views import (
    activity,
    business_accounts,
    invitation_page,
    invitations,
    join_requests,
    mail_choice,
    members,
    settings,
)
from accounts.recovery.views import recoveries
from accounts.sign_in.views import entrance, mailbox_code, passkey, security, sessions, sign_up

entrance_patterns = [
    path("login/", entrance.LoginView.as_view(), name="account_login"),
    path(
        "login/code/confirm/", entrance.SignInCodeView.as_view(), name="account_confirm_login_code"
    ),
    path("signup/", sign_up.SignupView.as_view(), name="account_signup"),
    path("confirm-email/resend/", mailbox_code.resend, name="confirm_email_resend"),
    path("confirm-email/change/", mailbox_code.change, name="confirm_email_change"),
    path("logout/", entrance.logout, name="account_logout"),
    path("password/reset/", entrance.PasswordResetView.as_view(), name="account_reset_password"),
    path(
        "password/reset/done/",
        entrance.PasswordResetDoneView.as_view(),
        name="account_reset_password_done",
    ),
    path("password/change/", entrance.PasswordChangeView.as_view(), name="account_change_password"),
    # "done" is allauth's page, not a key.
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        entrance.PasswordResetFromKeyView.as_view(),
        name="account_reset_password_from_key",
    ),
    *security.urls_of_whole_pages(),
    path("sessions/<int:pk>/end/", sessions.session_end, name="session_end"),
    path("2fa/lost/", recoveries.second_step_lost, name="second_step_lost"),
    path("not-me/<str:token>/", security.not_me, name="not_me"),
    path("2fa/webauthn/login/", passkey.PasskeySignInView.as_view(), name="mfa_login_webauthn"),
    path("", include("allauth.urls")),
]
invitation_patterns = [
    path("", invitation_page.page, name="invitation"),
    path("ask/", invitation_page.ask_again, name="invitation_ask_again"),
    path("prove/", invitation_page.prove, name="invitation_prove"),
]
member_patterns = [
    path("", members.member_list, name="member_list"),
    path("invite/", invitations.member_invite, name="member_invite"),
    path("leave/", members.member_leave, name="member_leave"),
    path("<uuid:public_id>/role/", members.member_role, name="member_role"),
    path("<uuid:public_id>/block/", members.member_block, name="member_block"),
    path("<uuid:public_id>/unblock/", members.member_unblock, name="member_unblock"),
    path("<uuid:public_id>/recovery/", recoveries.member_recovery, name="member_recovery"),
    path("<uuid:public_id>/remove/", members.member_remove, name="member_remove"),
]
account_patterns: list[URLPattern | URLResolver] = [
    path("members/", include(member_patterns)),
    path(
        "invitations/<uuid:public_id>/resend/",
        invitations.invitation_resend,
        name="invitation_resend",
    ),
    path(
        "invitations/<uuid:public_id>/revoke/",
        invitations.invitation_revoke,
        name="invitation_revoke",
    ),
    path(
        "invitations/<uuid:public_id>/correct/",
        invitations.invitation_correct,
        name="invitation_correct",
    ),
    path(
        "requests/<uuid:public_id>/approve/",
        join_requests.join_request_approve,
        name="join_request_approve",
    ),
    path(
        "requests/<uuid:public_id>/decline/",
        join_requests.join_request_decline,
        name="join_request_decline",
    ),
    path("mails/", mail_choice.mail_choice, name="mail_choice"),
    path("activity/", activity.activity, name="activity"),
    path("settings/", settings.account_settings, name="account_settings"),
]
urlpatterns = [
    path("b/", business_accounts.account_list, name="account_list"),
    path("b/new/", business_accounts.account_new, name="account_new"),
    path("b/<slug:slug>/", include(account_patterns)),
    path("accounts/", include(entrance_patterns)),
    path("invitations/<str:token>/", include(invitation_patterns)),
    path("recoveries/<str:token>/", recoveries.recovery_page, name="recovery"),
    path("recoveries/<str:token>/stop/", recoveries.recovery_stop, name="recovery_stop"),
]
