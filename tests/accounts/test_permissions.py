from __future__ import annotations

import pytest

from accounts.permissions import GRANTS, Permission, Role, may, may_grant


def test_every_role_has_its_line_and_its_words() -> None:
    assert set(GRANTS) == set(Role)
    assert all(role.allows for role in Role)


def test_every_permission_is_granted_to_someone() -> None:
    assert frozenset().union(*GRANTS.values()) == set(Permission)


@pytest.mark.parametrize(
    ("role", "permissions"),
    [
        (Role.ADMINISTRATOR, set(Permission)),
        (Role.LICENSE_MANAGER, {Permission.ACCOUNT_VIEW, Permission.LICENSES_MANAGE}),
        (Role.MEMBER, {Permission.ACCOUNT_VIEW}),
    ],
)
def test_a_role_may_what_the_table_says(role: Role, permissions: set[Permission]) -> None:
    assert {permission for permission in Permission if may(role, permission)} == permissions


@pytest.mark.parametrize("role", list(Role))
def test_only_administrators_grant_roles(role: Role) -> None:
    assert may_grant(Role.ADMINISTRATOR, role)
    assert not may_grant(Role.LICENSE_MANAGER, role)
    assert not may_grant(Role.MEMBER, role)
