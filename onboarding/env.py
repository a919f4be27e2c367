"""What the environment says: values, `…_FILE` secrets, and secrets made on the first start."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR: Final = Path(__file__).resolve().parent.parent
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})

env = environ.FileAwareEnv()
environ.Env.read_env(BASE_DIR / ".env")


def is_loopback(origin: str) -> bool:
    """True when `origin` can be seen from this machine only."""
    return (urlsplit(origin).hostname or "") in LOOPBACK


def secret(name: str, *, data_dir: Path, embedded: bool) -> str:
    """The secret `name`; in embedded mode one is made on the first start and kept (mode 0600).

    Raises ImproperlyConfigured, saying what to set, when production lacks it.
    """
    value: str = env.str(name, default="")
    if value:
        return value
    if not embedded:
        raise ImproperlyConfigured(
            f"Set {name} (or {name}_FILE) to a long random value: "
            "outside embedded mode the portal makes no secrets by itself."
        )
    return _kept_secret(data_dir / f"{name.lower()}.secret")


def _kept_secret(path: Path) -> str:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Several processes may start at once: each writes its own file, one link wins, all read that.
    draft = path.with_suffix(f".{os.getpid()}")
    if not path.exists():
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text()
