"""Every name that the environment may set is documented, and no documented name is idle."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final

from tests.architecture import source

_DOCUMENT: Final = source.ROOT / "docs" / "configuration.md"
_EXAMPLE: Final = source.ROOT / ".env.example"
_ROW: Final = re.compile(r"^\| `([A-Z][A-Z_]+)` \|", re.MULTILINE)
_LINE: Final = re.compile(r"^#? ?([A-Z][A-Z_]+)=", re.MULTILINE)
# Only docker-compose.yml reads them.
_COMPOSE: Final = {"POSTGRES_PASSWORD", "PORTAL_CONTAINER_USER", "PORTAL_CONTAINER_DATA"}


def test_every_name_of_the_environment_is_documented() -> None:
    assert set(_read()) - set(_documented()) == set()


def test_every_documented_name_is_read() -> None:
    assert set(_documented()) - set(_read()) == set()


def test_no_name_is_documented_twice() -> None:
    assert len(_documented()) == len(set(_documented()))


def test_the_example_sets_documented_names_only() -> None:
    names = _LINE.findall(_EXAMPLE.read_text("utf-8"))

    assert set(names) - set(_documented()) - _COMPOSE == set()


def _documented() -> list[str]:
    return _ROW.findall(_DOCUMENT.read_text("utf-8"))


def _read() -> Iterator[str]:
    """The first argument of `env.…(NAME)`, `secret…(NAME)` and `os.environ.get(NAME)`."""
    for path in source.modules(*source.PACKAGES):
        for node in source.nodes(path):
            if isinstance(node, ast.Call) and node.args and _reads(node.func):
                name = node.args[0]
                if isinstance(name, ast.Constant) and str(name.value).isupper():
                    yield str(name.value)


def _reads(function: ast.expr) -> bool:
    called = ast.unparse(function)
    return called.startswith(("env.", "secret")) or called == "os.environ.get"
