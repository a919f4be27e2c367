"""Who may do what: roles and permissions meet in one table (SPEC 1, roles)."""

from __future__ import annotations

from enum import Enum
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    ADMINISTRATOR = "administrator", _("Administrator")
    LICENSE_MANAGER = "license_manager", _("License manager")
    MEMBER = "member", _("Member")

    @property
    def allows(self) -> str:
        """What the role allows, in one line for invitations and member lists."""
        return str(_ALLOWS[self])


class Permission(Enum):
    ACCOUNT_VIEW = "account.view"
    MEMBERS_MANAGE = "members.manage"
    ACCOUNT_MANAGE = "account.manage"
    SECOND_STEP_RECOVER = "second_step.recover"
    ACTIVITY_VIEW = "activity.view"
    LICENSES_MANAGE = "licenses.manage"


GRANTS: Final[dict[Role, frozenset[Permission]]] = {
    Role.ADMINISTRATOR: frozenset(Permission),
    Role.LICENSE_MANAGER: frozenset({Permission.ACCOUNT_VIEW, Permission.LICENSES_MANAGE}),
    Role.MEMBER: frozenset({Permission.ACCOUNT_VIEW}),
}

_ALLOWS: Final = {
    Role.ADMINISTRATOR: _("Manages everything: people, licenses, keys and instances."),
    Role.LICENSE_MANAGER: _("Manages licenses, keys and instances, and activates them."),
    Role.MEMBER: _("Sees licenses and instances, changes nothing."),
}


def may(role: str, permission: Permission) -> bool:
    """True when `role` grants `permission`."""
    return permission in GRANTS[Role(role)]


def roles_with(permission: Permission) -> list[Role]:
    """The roles that grant `permission`."""
    return [role for role in Role if may(role, permission)]


def may_grant(granter: str, role: str) -> bool:
    """True when a person with the role `granter` may give `role` to others (SPEC 4.1)."""
    return may(granter, Permission.MEMBERS_MANAGE) and GRANTS[Role(role)] <= GRANTS[Role(granter)]
