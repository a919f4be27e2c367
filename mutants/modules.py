"""Which code is mutated, and which tests are to notice: the nearest ones."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tests.architecture.test_mirror import ELSEWHERE

# In the order of what a mistake would cost: what is signed and sold, who may, what is sent.
MODULES: Final = (
    "licensing/licenses/rules",
    "licensing/licenses/actions/seats.py",
    "licensing/documents",
    "licensing/fleet/actions",
    "licensing/licenses/actions",
    "licensing/activation/rules",
    "licensing/activation/actions",
    "licensing/activation/device",
    "licensing/protocol",
    "licensing/offline/rules",
    "licensing/purchases/rules",
    "onboarding/guide/rules",
    "accounts/permissions.py",
    "accounts/access",
    "accounts/membership/actions",
    "accounts/outbox",
    "accounts/limits",
    "accounts/sign_in/actions",
    "accounts/sign_in/rules",
    "accounts/sign_in/mailbox_proof.py",
    "accounts/sign_in/seeds.py",
    "accounts/sign_in/sessions.py",
)

NEIGHBORS: Final = "tests/licensing/test_neighbors.py"
# What else is near, besides the mirrored place and what tests/architecture/test_mirror.py names.
ALSO: Final = {
    "licensing/licenses/rules/entitlement.py": (
        "tests/licensing/licenses/actions/test_trials.py",
        "tests/licensing/test_states.py",
    ),
    "licensing/fleet/actions/check_ins.py": ("tests/licensing/fleet/actions/test_overuse.py",),
    "licensing/activation/device": ("tests/licensing/activation/device/test_views.py",),
    "accounts/access": (
        "tests/accounts/web/test_security_log.py",
        "tests/accounts/web/test_security_log_people.py",
    ),
    "accounts/membership/actions": ("tests/accounts/test_neighbors.py",),
    "licensing/activation/actions/requests.py": ("tests/licensing/offline/actions",),
    "licensing/licenses/actions": (NEIGHBORS,),
    "licensing/activation/actions": (NEIGHBORS,),
    "licensing/fleet/actions": (NEIGHBORS,),
    "licensing/protocol": ("tests/licensing/api/test_bodies.py",),
    "licensing/activation/rules": ("tests/licensing/offline/rules",),
    "onboarding/guide/rules": (
        "tests/onboarding/guide/test_guide_ways.py",
        "tests/onboarding/guide/test_guide_answers.py",
        "tests/onboarding/guide/test_guide_questions.py",
        "tests/onboarding/guide/test_guide_rule.py",
    ),
}


def files_of(target: str) -> list[Path]:
    """The files of a module or a folder that hold code of ours."""
    path = Path(target)
    found = [path] if path.is_file() else sorted(path.rglob("*.py"))
    return [file for file in found if file.stat().st_size and "migrations" not in file.parts]


def tests_of(file: Path) -> list[str]:
    """The tests of `file`: `test_<its name>*.py` at the mirrored place, or all of the nearest
    folder that has tests; and what is named for it."""
    near = file.parent if file.stem == "__init__" else file.with_suffix("")
    folder = Path("tests") / near.parent
    found = [str(test) for test in sorted(folder.glob(f"test_{near.name}*.py"))]
    for place, tests in _NAMED.items():
        if str(file).startswith(place):
            found += tests
    folder = Path("tests") / near
    while not found:
        found = [str(folder)] if any(folder.glob("test_*.py")) else []
        folder = folder.parent
    return list(dict.fromkeys(found))


_NAMED: Final = {
    **{file: [f"tests/{test}" for test in tests] for file, tests in ELSEWHERE.items()},
    **ALSO,
}
