from __future__ import annotations

from django.urls import path

from onboarding.desk.views import (
    acts,
    company,
    confirmed_acts,
    desk,
    keys,
    licenses,
    purchases,
    recoveries,
)

urlpatterns = [
    path("", desk.desk, name="staff_desk"),
    path("companies/<slug:slug>/", company.company, name="staff_company"),
    path("companies/<slug:slug>/trials/", licenses.trials_allow, name="staff_trials"),
    path("invitations/<uuid:public_id>/resend/", acts.invitation_resend, name="staff_resend"),
    path("mails/<uuid:public_id>/try/", acts.mail_try, name="staff_mail_try"),
    path("mails/<uuid:public_id>/cancel/", confirmed_acts.mail_cancel, name="staff_mail_cancel"),
    path("claims/<uuid:public_id>/grant/", confirmed_acts.claim_grant, name="staff_claim_grant"),
    path(
        "claims/<uuid:public_id>/decline/", confirmed_acts.claim_decline, name="staff_claim_decline"
    ),
    path("people/<int:pk>/sign-out/", acts.sessions_end, name="staff_sessions_end"),
    path("people/<int:pk>/disable/", confirmed_acts.person_disable, name="staff_person_disable"),
    path("people/<int:pk>/recovery/", recoveries.person_recovery, name="staff_person_recovery"),
    path(
        "recoveries/<uuid:public_id>/approve/",
        recoveries.recovery_approve,
        name="staff_recovery_approve",
    ),
    path("people/<int:pk>/enable/", acts.person_enable, name="staff_person_enable"),
    path("support/<uuid:public_id>/answered/", acts.support_answered, name="staff_answered"),
    path(
        "licenses/<uuid:public_id>/suspend/",
        licenses.license_suspend,
        name="staff_license_suspend",
    ),
    path("licenses/<uuid:public_id>/resume/", licenses.license_resume, name="staff_license_resume"),
    path("license-keys/", keys.license_keys, name="staff_license_keys"),
    path("purchases/", purchases.purchases, name="staff_purchases"),
    path("imports/<uuid:public_id>/", purchases.purchase_import, name="staff_import"),
    path("imports/<uuid:public_id>/start/", purchases.import_start, name="staff_import_start"),
    path("imports/<uuid:public_id>/again/", purchases.import_again, name="staff_import_again"),
    path(
        "imports/<uuid:public_id>/discard/", purchases.import_discard, name="staff_import_discard"
    ),
    path(
        "purchases/<uuid:public_id>/email/",
        confirmed_acts.purchase_email,
        name="staff_purchase_email",
    ),
]
