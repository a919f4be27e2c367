"""A package binds no name that one of its modules has: importing the module would replace it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.architecture import source

PACKAGES = [path for path in source.modules(*source.PACKAGES) if path.name == "__init__.py"]


@pytest.mark.parametrize("path", PACKAGES, ids=source.name)
def test_no_import_is_replaced_by_a_module(path: Path) -> None:
    inside = {each.stem for each in path.parent.iterdir() if each.suffix == ".py" or each.is_dir()}
    package = ".".join(Path(source.name(path)).parent.parts)
    bound = {
        alias.asname or alias.name
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.ImportFrom) and node.module != package
        for alias in node.names
    }

    assert bound & inside == set()
