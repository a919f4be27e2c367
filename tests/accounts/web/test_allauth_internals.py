"""allauth's internals are used in one module, which was read beside the version that is here."""

from __future__ import annotations

import ast
from importlib.metadata import version

from accounts.web import allauth_internals
from tests.architecture import source


def test_the_internals_were_read_in_the_minor_version_that_is_installed() -> None:
    major, minor = version("django-allauth").split(".")[:2]

    assert f"{major}.{minor}" == allauth_internals.READ_IN


def test_only_one_module_imports_them() -> None:
    knowing = {
        source.name(path)
        for package in ("accounts", "licensing", "onboarding")
        for path in source.modules(package)
        for node in source.nodes(path)
        if isinstance(node, ast.Import | ast.ImportFrom) and _is_internal(node)
    }

    assert knowing == {"accounts/web/allauth_internals.py"}


def _is_internal(node: ast.Import | ast.ImportFrom) -> bool:
    module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
    names = [f"{module}.{alias.name}".strip(".") for alias in node.names]
    return any(
        name.startswith("allauth.")
        and any(part == "internal" or part.startswith("_") for part in name.split("."))
        for name in names
    )
