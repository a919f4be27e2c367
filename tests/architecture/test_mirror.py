"""Tests mirror the source: whoever changes a module finds its tests by its name."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tests.architecture import source

# Modules, or whole folders of them, whose tests stand under another name than
# tests/<package>/<folders>/test_<module>.py.
ELSEWHERE: Final = {
    "licensing/fleet/actions/request_counts.py": ["licensing/api/test_auth.py"],
    "onboarding/guide/views/key.py": ["onboarding/guide/test_find_by_key.py"],
    "accounts/membership/actions/invitation_results.py": [
        "accounts/membership/views/test_invite.py"
    ],
    "accounts/sign_in/actions/people.py": ["accounts/sign_in/views/test_sign_up.py"],
    "accounts/membership/actions/invitation_quota.py": [
        "accounts/membership/actions/test_invitations.py"
    ],
    "accounts/membership/actions/staff.py": [
        "onboarding/desk/test_staff.py",
        "onboarding/desk/test_staff_people.py",
    ],
    "accounts/membership/actions/vendor_invitations.py": ["onboarding/guide/test_find_by_key.py"],
    "licensing/purchases/actions/importing": ["licensing/purchases/actions/test_files.py"],
    "licensing/purchases/actions/key_owners.py": ["onboarding/guide/test_find_by_key.py"],
    "accounts/sign_in/views/entrance.py": [
        "accounts/sign_in/views/test_sign_in.py",
        "accounts/sign_in/views/test_reset.py",
    ],
    "accounts/membership/views/invitations.py": ["accounts/membership/views/test_invite.py"],
    "accounts/membership/views/members.py": [
        "accounts/membership/views/test_members.py",
        "accounts/membership/views/test_member_acts.py",
    ],
    "accounts/web/paging.py": ["accounts/membership/views/test_members.py"],
    "accounts/sign_in/views/prefilled.py": ["accounts/sign_in/views/test_sign_up.py"],
    "accounts/audit/event_sentences.py": ["accounts/membership/views/test_activity.py"],
    "accounts/sign_in/views/staff.py": ["architecture/test_access.py"],
    "onboarding/guide/actions/ask.py": ["onboarding/guide/test_ask.py"],
    "onboarding/guide/actions/find.py": ["onboarding/guide/test_find.py"],
    "onboarding/support/actions/support.py": ["onboarding/support/test_support.py"],
    "onboarding/guide/views/find_join.py": ["onboarding/guide/test_find_purchases.py"],
    "onboarding/guide/reading/findings.py": ["onboarding/guide/test_find.py"],
    "onboarding/guide/views/guide.py": ["onboarding/guide/test_guide_pages.py"],
    "onboarding/overview/views/home.py": ["accounts/sign_in/views/test_sign_in.py"],
    "onboarding/guide/reading/journey.py": ["onboarding/guide/test_ask.py"],
    "onboarding/desk/views": ["onboarding/desk/test_staff.py"],
}


def test_every_action_and_view_has_its_tests() -> None:
    missing = {
        source.name(path): absent
        for path in _actions_and_views()
        if (absent := [test for test in _tests_of(source.name(path)) if not _exists(test)])
    }

    assert missing == {}


def test_the_exceptions_are_about_modules_that_exist() -> None:
    assert all((source.ROOT / module).exists() for module in ELSEWHERE)


def _actions_and_views() -> list[Path]:
    return [
        path
        for path in source.modules(*source.PACKAGES)
        if {"actions", "views"} & set(source.name(path).split("/")) and path.name != "__init__.py"
    ]


def _tests_of(module: str) -> list[str]:
    package, *folders, name = module.split("/")
    own_or_of_folder = ELSEWHERE.get(module) or ELSEWHERE.get("/".join([package, *folders]))
    # In the top package a room's tests stand flat: its modules are few.
    folder = "/".join([package, *(folders[:1] if package == "onboarding" else folders)])
    return own_or_of_folder or [f"{folder}/test_{name}"]


def _exists(test: str) -> bool:
    path = source.ROOT / "tests" / test
    return path.is_file() and "def test_" in path.read_text(encoding="utf-8")
