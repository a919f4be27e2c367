from __future__ import annotations

from django.urls import include, path

from licensing.activation.device import views as device
from licensing.activation.views import answer, choice, start, upgrade_check
from licensing.enrollment.views import enrollment
from licensing.fleet.views import instance_acts, instances
from licensing.licenses.views import keys, licenses
from licensing.merging.views import merge_undo, merging
from licensing.offline.views import offline
from licensing.purchases.views import waiting_purchases

license_patterns = [
    path("", licenses.license_list, name="license_list"),
    path("export/", licenses.license_export, name="license_export"),
    path("add/", licenses.license_add, name="license_add"),
    path("waiting/", waiting_purchases.waiting_list, name="license_waiting"),
    path("waiting/<uuid:public_id>/", waiting_purchases.waiting_add, name="license_waiting_add"),
    path("<uuid:public_id>/", licenses.license_page, name="license"),
    path("<uuid:public_id>/cut/", keys.key_cut, name="key_cut"),
]
key_patterns = [
    path("<uuid:public_id>/rename/", keys.key_rename, name="key_rename"),
    path("<uuid:public_id>/reveal/", keys.key_reveal, name="key_reveal"),
    path("<uuid:public_id>/revoke/", keys.key_revoke, name="key_revoke"),
]
instance_patterns = [
    path("", instances.instance_list, name="instance_list"),
    path("export/", instances.instance_export, name="instance_export"),
    path("<uuid:public_id>/", instances.instance_page, name="instance"),
    path("<uuid:public_id>/edit/", instance_acts.instance_edit, name="instance_edit"),
    path("<uuid:public_id>/move/", instance_acts.instance_move, name="instance_move"),
    path(
        "<uuid:public_id>/deactivate/",
        instance_acts.instance_deactivate,
        name="instance_deactivate",
    ),
    path("<uuid:public_id>/lost/", instance_acts.instance_lost, name="instance_lost"),
    path("<uuid:public_id>/upgrade/", upgrade_check.upgrade_check, name="upgrade_check"),
]
enrollment_patterns = [
    path("", enrollment.token_list, name="enrollment_list"),
    path("new/", enrollment.token_new, name="enrollment_new"),
    path("<uuid:public_id>/revoke/", enrollment.token_revoke, name="enrollment_revoke"),
]
merge_patterns = [
    path("", merging.merge_list, name="merge_list"),
    path("with/<str:ref>/", merging.merge_twin, name="merge_twin"),
    path("with/<str:ref>/propose/", merging.merge_propose, name="merge_propose"),
    path("with/<str:ref>/dismiss/", merging.merge_dismiss, name="merge_dismiss"),
    path("<uuid:public_id>/", merging.merge_proposal, name="merge_proposal"),
    path("<uuid:public_id>/agree/", merging.merge_agree, name="merge_agree"),
    path("<uuid:public_id>/decline/", merging.merge_decline, name="merge_decline"),
    path("<uuid:public_id>/withdraw/", merging.merge_withdraw, name="merge_withdraw"),
]
activate_patterns = [
    path("", start.enter, name="activate"),
    path("offline/", offline.upload, name="activate_offline"),
    path("offline/<uuid:public_id>/", offline.answer, name="offline_answer"),
    path("offline/<uuid:public_id>/file/", offline.answer_file, name="offline_answer_file"),
    path("<uuid:public_id>/", start.choose_account, name="activation_request"),
    path("<uuid:public_id>/license/", choice.choose_license, name="activation_license"),
    path("<uuid:public_id>/cut/", choice.cut, name="activation_cut"),
    path("<uuid:public_id>/key/", choice.enter_key, name="activation_key"),
    path("<uuid:public_id>/replace/", choice.replace, name="activation_replace"),
    path("<uuid:public_id>/confirm/", answer.confirm, name="activation_confirm"),
    path("<uuid:public_id>/approve/", answer.approve, name="activation_approve"),
    path("<uuid:public_id>/deny/", answer.deny, name="activation_deny"),
    path("<uuid:public_id>/not-mine/", answer.disown, name="activation_disown"),
    path("<uuid:public_id>/hand-over/", answer.hand_over, name="activation_hand_over"),
    path("<uuid:public_id>/done/", answer.done, name="activation_done"),
    path("<uuid:public_id>/file/", offline.download, name="activation_file"),
]
urlpatterns = [
    path("b/<slug:slug>/licenses/", include(license_patterns)),
    path("b/<slug:slug>/keys/", include(key_patterns)),
    path("b/<slug:slug>/instances/", include(instance_patterns)),
    path("b/<slug:slug>/enrollment/", include(enrollment_patterns)),
    path("b/<slug:slug>/merge/", include(merge_patterns)),
    path("merged/<uuid:public_id>/", merge_undo.merged, name="merged"),
    path("merged/<uuid:public_id>/undo/", merge_undo.undo, name="merge_undo"),
    path("activate/", include(activate_patterns)),
    path("api/v1/", include("licensing.api.urls")),
    path("oauth/device_authorization", device.device_authorization, name="device_authorization"),
    path("oauth/token", device.token, name="device_token"),
    path(".well-known/oauth-authorization-server", device.metadata, name="authorization_metadata"),
    path(".well-known/license-keys.json", device.license_keys, name="license_keys"),
]
