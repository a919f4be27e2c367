"""Migrations that have landed, by the SHA-256 of their files (migrations.sha256).

    python -m tests.architecture.landed_migrations

adds the new ones. It never changes a line: data of early adopters went through those files.
"""

from __future__ import annotations

import hashlib
from typing import Final

from tests.architecture import source

LIST: Final = source.ROOT / "tests" / "architecture" / "migrations.sha256"


def present() -> dict[str, str]:
    """The hash of each migration's file, by its path."""
    return {
        source.name(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in source.tracked()
        if path.parent.name == "migrations" and path.name[:4].isdigit()
    }


def landed() -> dict[str, str]:
    """What the committed list says; `sha256sum --check` reads it, too."""
    lines = LIST.read_text("utf-8").splitlines() if LIST.exists() else []
    return {name: digest for digest, name in (line.split("  ") for line in lines)}


def add_new() -> list[str]:
    """Put new files on the list; those it has keep their hashes."""
    known, found = landed(), present()
    lines = [f"{digest}  {name}\n" for name, digest in sorted({**found, **known}.items())]
    LIST.write_text("".join(lines), "utf-8")
    return sorted(found.keys() - known.keys())


if __name__ == "__main__":
    print("\n".join(add_new()) or "No new migration.")  # noqa: T201
