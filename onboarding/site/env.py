"""What the environment says: values, `…_FILE` secrets, and secrets made on the first start."""

from __future__ import annotations

import os
import secrets
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import environ

from accounts.identity import private_files
from onboarding.site.production_secrets import MAKING_COMMANDS
from onboarding.site.startup import CannotStart

BASE_DIR: Final = Path(__file__).resolve().parent.parent.parent
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})

env = environ.FileAwareEnv()
environ.Env.read_env(BASE_DIR / ".env")


def is_loopback(origin: str) -> bool:
    """True when `origin` can be seen from this machine only."""
    return (urlsplit(origin).hostname or "") in LOOPBACK


def secret(name: str, *, data_dir: Path, embedded: bool) -> str:
    """The secret `name`; in embedded mode one is made on the first start and kept (mode 0600).

    Raises CannotStart, saying what to set, when production lacks it.
    """
    value: str = env.str(name, default="")
    if value:
        return value
    if not embedded and _makes_secrets():
        return secrets.token_urlsafe(48)  # for this run only: nothing is signed or encrypted by it
    if not embedded:
        raise CannotStart(
            f"Set {name} (or {name}_FILE) to a long random value: "
            "outside embedded mode the portal makes no secrets by itself."
        )
    return _kept_secret(data_dir / f"{name.lower()}.secret")


def secrets_list(name: str, *, data_dir: Path, embedded: bool) -> list[str]:
    """Several secrets in one, with commas or spaces between; otherwise as `secret`."""
    return secret(name, data_dir=data_dir, embedded=embedded).replace(",", " ").split()


def license_keys(*, data_dir: Path, embedded: bool) -> tuple[Path | None, str]:
    """Where the keys that sign licenses are: a file, or the text of the environment itself.

    Without either, a file in the data folder counts; in embedded mode it is made on the first
    start. Raises CannotStart, saying what to set, when production has none.
    """
    if given := os.environ.get("PORTAL_LICENSE_KEY_FILE"):
        return Path(given), ""
    if text := os.environ.get("PORTAL_LICENSE_KEY"):
        return None, text
    if _makes_secrets():
        return None, ""
    path = data_dir / "license_keys.json"
    if not embedded and not path.exists():
        raise CannotStart(
            "Set PORTAL_LICENSE_KEY_FILE (or PORTAL_LICENSE_KEY) to the JSON Web Key Set that "
            "signs licenses; `python manage.py make_license_key FILE` makes one."
        )
    if not path.exists():
        from licensing.documents.signing_keys import first_key_set

        write_secret(path, first_key_set(now=datetime.now(UTC)))
    return path, ""


def metrics_token(*, data_dir: Path) -> str:
    """What opens /metrics; with one, the processes of this host get a folder to count in.

    Containers share the data folder, and the numbers of their processes are the same.
    """
    token: str = env.str("PORTAL_METRICS_TOKEN", default="")
    if token:
        folder = data_dir / "metrics" / socket.gethostname()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    return token


def _makes_secrets() -> bool:
    """True in a command that makes the first secrets: it starts without any."""
    return sys.argv[1:2] in [[command] for command in MAKING_COMMANDS]


def _kept_secret(path: Path) -> str:
    if not path.exists():
        write_secret(path, secrets.token_urlsafe(48))
    return path.read_text()


def write_secret(path: Path, text: str) -> None:
    """Write a secret to a new file (mode 0600), unless another process was quicker."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Several processes may start at once: each writes its own file, one link wins, all read that.
    draft = path.with_suffix(f".{os.getpid()}")
    private_files.create(draft, text)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
