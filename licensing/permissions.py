"""Who may do what with licenses, and what that makes of each role (SPEC 1, roles)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.permissions import PackagePermission, Role, declare


class LicensingPermission(PackagePermission):
    LICENSES_MANAGE = "licenses.manage"


declare(
    LicensingPermission,
    grants={Role.LICENSE_MANAGER: {LicensingPermission.LICENSES_MANAGE}},
    allows={
        Role.ADMINISTRATOR: _("Manages everything: people, licenses, keys and instances."),
        Role.LICENSE_MANAGER: _("Manages licenses, keys and instances, and activates them."),
        Role.MEMBER: _("Sees licenses and instances, changes nothing."),
    },
)
