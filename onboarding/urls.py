from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from accounts.outbox.views.webhooks import webhook_urls
from onboarding.embedded.views import mailbox
from onboarding.guide.views import ask, claims, find, find_join, guide, key
from onboarding.operations.views.metrics import metrics_urls
from onboarding.overview.views import home, overview
from onboarding.site.views import health, well_known
from onboarding.support.views import support

urlpatterns = [
    path("", home.home, name="home"),
    path("start/", guide.guide, name="guide"),
    path("start/find/", find.find, name="find"),
    path("start/find/resend/", find.resend, name="find_resend"),
    path("start/find/join/<slug:slug>/", find_join.join, name="find_join"),
    path("start/key/", key.find_by_key, name="find_key"),
    path("start/key/send/", key.send, name="find_key_send"),
    path("start/key/sent/", key.sent, name="find_key_sent"),
    path("start/ask/", ask.ask, name="ask"),
    path("start/ask/sent/", ask.sent, name="ask_sent"),
    path("start/ask/<slug:slug>/", ask.join, name="ask_join"),
    path("claim/<slug:slug>/", claims.claim_new, name="claim_new"),
    path("claim/<slug:slug>/withdraw/", claims.claim_withdraw, name="claim_withdraw"),
    path("claims/<str:token>/", claims.claim_page, name="claim"),
    path("claims/<str:token>/object/", claims.claim_object, name="claim_object"),
    path("support/", support.support, name="support"),
    path("support/sent/", support.sent, name="support_sent"),
    path("", include("accounts.urls")),
    path("", include("licensing.urls")),
    # After accounts/urls.py, which has /b/new/.
    path("b/<slug:slug>/", overview.overview, name="account_overview"),
    path("admin/desk/", include("onboarding.desk.urls")),
    path("admin/", admin.site.urls),
    path(".well-known/security.txt", well_known.security_txt, name="security_txt"),
    path(".well-known/change-password", well_known.change_password, name="change_password"),
    path("robots.txt", well_known.robots_txt, name="robots_txt"),
    path("favicon.ico", well_known.favicon, name="favicon"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    *metrics_urls(),
    # Where the mail provider reports; nothing without a provider and a secret to prove it.
    *webhook_urls(),
]
mailbox_patterns = [
    path("mailbox/", mailbox.mailbox, name="mailbox"),
    path("mailbox/<str:mail_id>/", mailbox.mail, name="mailbox_mail"),
    path("mailbox/<str:mail_id>/html/", mailbox.mail_html, name="mailbox_html"),
]
if settings.PORTAL_MAILBOX:
    urlpatterns += mailbox_patterns

handler500 = "onboarding.site.views.errors.server_error"
handler429 = "onboarding.site.views.errors.too_many_requests"
