"""The files of the project, as the tests of its shape read them."""

from __future__ import annotations

import ast
import functools
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
PACKAGES: Final = ("accounts", "licensing", "onboarding")


@functools.cache
def tracked() -> tuple[Path, ...]:
    """Every file that is committed, or is about to be."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    found = tuple(ROOT / name for name in names.split("\0") if name and (ROOT / name).is_file())
    assert found
    return found


def modules(*folders: str) -> list[Path]:
    """Our Python files under `folders`, without migrations."""
    wanted = [ROOT / folder for folder in folders]
    found = [
        path
        for path in tracked()
        if path.suffix == ".py"
        and "migrations" not in path.parts
        and any(path.is_relative_to(folder) for folder in wanted)
    ]
    assert found
    return found


def templates() -> list[Path]:
    found = [path for path in tracked() if path.is_relative_to(ROOT / "templates")]
    assert found
    return found


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@functools.cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(tree(path))
