"""Who may do what: roles and permissions meet in one table (SPEC 1, roles).

Each package declares its own permissions and who has them; the table and the gate are one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    ADMINISTRATOR = "administrator", _("Administrator")
    LICENSE_MANAGER = "license_manager", _("License manager")
    MEMBER = "member", _("Member")

    @property
    def allows(self) -> str:
        """What the role allows, in one line for invitations and member lists."""
        return str(_ALLOWS[self])


class PackagePermission(StrEnum):
    """Base of each package's own permissions, so that all fit the one gate."""


class Permission(PackagePermission):
    ACCOUNT_VIEW = "account.view"
    MEMBERS_MANAGE = "members.manage"
    ACCOUNT_MANAGE = "account.manage"
    SECOND_STEP_RECOVER = "second_step.recover"
    ACTIVITY_VIEW = "activity.view"


GRANTS: Final[dict[Role, frozenset[PackagePermission]]] = dict.fromkeys(Role, frozenset())
_ALLOWS: Final[dict[Role, str | Promise]] = {}


def declare(
    permissions: type[PackagePermission],
    *,
    grants: Mapping[Role, Iterable[PackagePermission]],
    allows: Mapping[Role, str | Promise],
) -> None:
    """Enter a package's permissions into the table; an administrator gets them all.

    `allows` says in one line what a role allows; the package on top has the last word.
    Called as the package's `permissions` are imported; a permission is declared once.
    """
    known = GRANTS[Role.ADMINISTRATOR]
    assert known.isdisjoint(permissions), permissions
    GRANTS[Role.ADMINISTRATOR] = known.union(permissions)
    for role, granted in grants.items():
        GRANTS[role] = GRANTS[role].union(granted)
    _ALLOWS.update(allows)


def named(name: str) -> PackagePermission:
    """The permission that is called `name`; KeyError when no package declares it."""
    return {str(each): each for each in GRANTS[Role.ADMINISTRATOR]}[name]


def may(role: str, permission: PackagePermission) -> bool:
    """True when `role` grants `permission`."""
    return permission in GRANTS[Role(role)]


def roles_with(permission: PackagePermission) -> list[Role]:
    """The roles that grant `permission`."""
    return [role for role in Role if may(role, permission)]


def may_grant(granter: str, role: str) -> bool:
    """True when a person with the role `granter` may give `role` to others (SPEC 4.1)."""
    return may(granter, Permission.MEMBERS_MANAGE) and GRANTS[Role(role)] <= GRANTS[Role(granter)]


declare(
    Permission,
    grants={role: [Permission.ACCOUNT_VIEW] for role in Role},
    allows={
        Role.ADMINISTRATOR: _("Manages everything."),
        Role.LICENSE_MANAGER: _("Manages what the company owns."),
        Role.MEMBER: _("Sees what the company owns, changes nothing."),
    },
)
