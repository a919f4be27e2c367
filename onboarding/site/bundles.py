"""One stylesheet and one script for a page, put together from the small files they are written in.

A finder of static files: `collectstatic`, `manage.py up` and the tests see the bundles as if they
lay in `static/`. They are made with Python alone, anew whenever they are looked for.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.files.storage import FileSystemStorage

# In the order of the cascade: layers are declared in the first.
_STYLES: Final = (
    "css/tokens.css",
    "css/base.css",
    "css/layouts.css",
    "css/elements/text.css",
    "css/elements/buttons.css",
    "css/elements/forms.css",
    "css/elements/data.css",
    "css/elements/portal.css",
)
_FIRST: Final = "js/theme.js"  # before the first paint
_BEHAVIORS: Final = tuple(
    f"js/{name}.js"
    for name in ("focus", "once", "reveal", "copy", "wait", "menu", "present", "offline")
)
_PASSKEYS: Final = (
    "mfa/js/webauthn-json.js",
    "mfa/js/webauthn.js",
    "account/js/onload.js",
)
# A text in quotes, which stays; a comment; space that no rule of CSS needs.
_SPACE: Final = re.compile(
    r"""("[^"\n]*"|'[^'\n]*')|/\*.*?\*/|\s*([{};,])\s*|(?<=:)[ ]+|(\s)\s+""", re.DOTALL
)


class BundleFinder(finders.BaseFinder):
    """Finds what no file holds."""

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        made = [str(_make(path))] if path in _BUNDLES else []
        if find_all:
            return made
        return made[0] if made else []

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Any]]:
        for name in _BUNDLES:
            _make(name)
            yield name, FileSystemStorage(location=_folder())


def _styles() -> str:
    return "".join(_tight(_source(name)) for name in _STYLES)


def _tight(style: str) -> str:
    return _SPACE.sub(lambda found: found[1] or found[2] or found[3] or "", style).strip()


def _behaviors() -> str:
    """The theme at once, the rest when the page is read: as `type="module"` would run it."""
    return f"{_trimmed(_source(_FIRST))}\n{_when_read(_BEHAVIORS)}"


def _passkeys() -> str:
    """allauth's scripts, then ours."""
    theirs = ";\n".join(_trimmed(_source(name)) for name in _PASSKEYS)
    return f"{theirs};\n{_when_read(('js/passkey.js', 'js/passkey-autofill.js'))}"


_BUNDLES: Final[dict[str, Callable[[], str]]] = {
    "css/portal.css": _styles,
    "js/portal.js": _behaviors,
    "js/passkeys.js": _passkeys,
}


def _when_read(names: Iterable[str]) -> str:
    """Each file keeps its names to itself, in strict mode, as a module does."""
    blocks = "\n".join(f"(() => {{\n{_trimmed(_source(name))}\n}})();" for name in names)
    return f'document.addEventListener("DOMContentLoaded", () => {{\n"use strict";\n{blocks}\n}});'


def _trimmed(text: str) -> str:
    """Without indentation, empty lines and lines that only say something to a reader."""
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


def _source(name: str) -> str:
    found = finders.find(name)
    assert isinstance(found, str), name
    return Path(found).read_text(encoding="utf-8")


def _folder() -> Path:
    return Path(settings.PORTAL_DATA_DIR) / "bundles"


def _make(name: str) -> Path:
    """The bundle's file, written only when it changes: others may be reading it."""
    path, text = _folder() / name, _BUNDLES[name]()
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", dir=path.parent, delete=False, encoding="utf-8"
        ) as file:
            file.write(text)
        made = Path(file.name)
        made.chmod(0o644)
        made.replace(path)
    return path
