"""Tests mirror the source: whoever changes a module finds its tests by its name."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tests.architecture import source

# Modules, or whole folders of them, whose tests stand under another name than
# tests/<package>/<folders>/test_<module>.py.
ELSEWHERE: Final = {
    "accounts/actions/outcomes.py": ["accounts/views/test_invite.py"],
    "accounts/actions/people.py": ["accounts/views/test_sign_up.py"],
    "accounts/actions/quota.py": ["accounts/actions/test_invitations.py"],
    "accounts/actions/staff.py": ["onboarding/test_staff.py", "onboarding/test_staff_people.py"],
    "accounts/actions/vendor_invitations.py": ["onboarding/test_key.py"],
    "licensing/actions/importing": ["licensing/actions/purchases/test_files.py"],
    "licensing/actions/ownership.py": ["onboarding/test_key.py"],
    "accounts/views/entrance.py": [
        "accounts/views/test_sign_in.py",
        "accounts/views/test_reset.py",
    ],
    "accounts/views/invitations.py": ["accounts/views/test_invite.py"],
    "accounts/views/members.py": [
        "accounts/views/test_members.py",
        "accounts/views/test_member_acts.py",
    ],
    "accounts/views/paging.py": ["accounts/views/test_members.py"],
    "accounts/views/prefilled.py": ["accounts/views/test_sign_up.py"],
    "accounts/views/sentences.py": ["accounts/views/test_activity.py"],
    "accounts/views/staff.py": ["architecture/test_access.py"],
    "onboarding/actions/ask.py": ["onboarding/test_ask.py"],
    "onboarding/actions/find.py": ["onboarding/test_find.py"],
    "onboarding/actions/support.py": ["onboarding/test_support.py"],
    "onboarding/views/find_join.py": ["onboarding/test_find_purchases.py"],
    "onboarding/views/findings.py": ["onboarding/test_find.py"],
    "onboarding/views/guide.py": ["onboarding/test_guide_pages.py"],
    "onboarding/views/home.py": ["accounts/views/test_sign_in.py"],
    "onboarding/views/journey.py": ["onboarding/test_ask.py"],
    "onboarding/views/staff": ["onboarding/test_staff.py"],
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
    # The top package's tests stand flat: its modules are few.
    folder = "/".join([package, *([] if package == "onboarding" else folders)])
    return own_or_of_folder or [f"{folder}/test_{name}"]


def _exists(test: str) -> bool:
    path = source.ROOT / "tests" / test
    return path.is_file() and "def test_" in path.read_text(encoding="utf-8")
