from __future__ import annotations

import pytest

from accounts.permissions import (
    GRANTS,
    PackagePermission,
    Permission,
    Role,
    declare,
    may,
    may_grant,
    named,
)
from licensing.permissions import LicensingPermission

ALL = {*Permission, *LicensingPermission}


def test_every_role_has_its_line_and_its_words() -> None:
    assert set(GRANTS) == set(Role)
    assert all(role.allows for role in Role)


def test_every_permission_is_granted_to_someone() -> None:
    assert frozenset().union(*GRANTS.values()) == ALL


@pytest.mark.parametrize(
    ("role", "permissions"),
    [
        (Role.ADMINISTRATOR, ALL),
        (Role.LICENSE_MANAGER, {Permission.ACCOUNT_VIEW, LicensingPermission.LICENSES_MANAGE}),
        (Role.MEMBER, {Permission.ACCOUNT_VIEW}),
    ],
)
def test_a_role_may_what_the_table_says(role: Role, permissions: set[PackagePermission]) -> None:
    assert {permission for permission in ALL if may(role, permission)} == permissions


def test_the_package_on_top_says_what_a_role_allows() -> None:
    assert Role.MEMBER.allows == "Sees licenses and instances, changes nothing."


def test_a_permission_is_declared_once() -> None:
    with pytest.raises(AssertionError):
        declare(Permission, grants={}, allows={})


def test_a_permission_is_found_by_its_name_and_a_wrong_name_is_a_mistake() -> None:
    assert named("licenses.manage") is LicensingPermission.LICENSES_MANAGE
    with pytest.raises(KeyError):
        named("licenses.mange")


@pytest.mark.parametrize("role", list(Role))
def test_only_administrators_grant_roles(role: Role) -> None:
    assert may_grant(Role.ADMINISTRATOR, role)
    assert not may_grant(Role.LICENSE_MANAGER, role)
    assert not may_grant(Role.MEMBER, role)
