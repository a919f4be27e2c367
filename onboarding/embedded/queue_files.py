"""Celery's queue in files, for a portal on one machine: kombu's transport, made safe to share.

kombu's own writes a message under its final name, so that a reader may find half of it, and what
can't be read ends the worker. Here files appear whole, and what isn't a message is put aside.
"""

from __future__ import annotations

import fcntl
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty
from typing import Any, Final

import structlog
from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.json import dumps, loads

log = structlog.get_logger(__name__)
BROKEN_FOLDER: Final = "broken"
_KEPT_ASIDE: Final = 100  # files; a broken disk must not fill itself

Binding = filesystem.exchange_queue_t


class Channel(filesystem.Channel):
    """One process's way to the queue; many share the folder."""

    def _put(  # type: ignore[override]  # the stubs contradict themselves
        self, queue: str, payload: dict[str, Any], **kwargs: Any
    ) -> None:
        # Names are read in their order, by all processes alike.
        name = f"{time.time_ns():020d}_{uuid.uuid4()}.{queue}.msg"
        _write_whole(Path(self.data_folder_out) / name, payload)

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        """The oldest message; raises Empty. Whoever removes the file has taken it."""
        for path in self._waiting(queue):
            try:
                content = path.read_bytes()
            except OSError:  # another worker was faster
                continue
            payload = self._message(content)
            if payload is None:
                put_aside(path)
                continue
            try:
                path.unlink()
            except FileNotFoundError:
                continue
            return payload
        raise Empty

    def _message(self, content: bytes) -> Any | None:
        """What the file says, or None when kombu couldn't make a message of it."""
        try:
            payload = loads(content.decode())
            message = self.Message(payload, channel=self)
            # The worker takes these for granted; every message of ours has them.
            taken_for_granted = (
                (message.delivery_tag, str),
                (message.delivery_info, dict),
                (message.headers, dict),
            )
            whole = all(isinstance(value, kind) for value, kind in taken_for_granted)
        except Exception:  # kombu raises many types for a broken file
            return None
        return payload if whole else None

    def _waiting(self, queue: str) -> list[Path]:
        folder = Path(self.data_folder_in)
        return sorted(
            path for path in folder.iterdir() if path.name.partition(".")[2] == f"{queue}.msg"
        )

    # --- Which queues an exchange leads to: one small file each, replaced whole under a lock ---

    def get_table(self, exchange: str) -> list[Any]:
        return _bindings(self._file(exchange))

    def _queue_bind(
        self, exchange: str, routing_key: str | None, pattern: str | None, queue: str | None
    ) -> None:
        binding = Binding(routing_key or "", pattern or "", queue or "")
        self._change(exchange, lambda table: [binding, *(one for one in table if one != binding)])

    def _delete(
        self, queue: str, exchange: str, routing_key: str, pattern: str, *args: Any, **kwargs: Any
    ) -> None:
        self._purge(queue)
        binding = Binding(routing_key or "", pattern or "", queue or "")
        self._change(exchange, lambda table: [one for one in table if one != binding])

    def _file(self, exchange: str) -> Path:
        """Its file; raises ChannelError for a name that would lead elsewhere."""
        file: Path = self._exchange_file(exchange)  # type: ignore[attr-defined]
        return file

    def _change(self, exchange: str, change: Callable[[list[Any]], list[Any]]) -> None:
        file = self._file(exchange)
        file.parent.mkdir(exist_ok=True)
        with _alone(file.parent):
            before = _bindings(file)
            if (after := change(before)) != before or not file.exists():
                _write_whole(file, after)


class Transport(filesystem.Transport):
    Channel = Channel


def put_aside(path: Path) -> None:
    """Move what can't be read out of the way, and say so; the last hundred are kept."""
    folder = path.parent / BROKEN_FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    try:
        path.rename(folder / path.name)
    except FileNotFoundError:  # another process did
        return
    log.warning("queue_file_broken", file=path.name)
    for old in sorted(folder.iterdir())[:-_KEPT_ASIDE]:
        old.unlink(missing_ok=True)


def _write_whole(path: Path, content: Any) -> None:
    """Write under another name, then give it its own: a reader sees all of it or nothing."""
    draft = path.with_name(f".{uuid.uuid4()}.part")
    try:
        draft.write_bytes(dumps(content).encode())
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise ChannelError(f"Cannot write {path.name!r} to the queue") from error


def _bindings(file: Path) -> list[Any]:
    try:
        return [Binding(*each) for each in loads(file.read_bytes().decode())]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ChannelError(f"Cannot open {file}") from error
    except (ValueError, TypeError):
        put_aside(file)
        return []


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process at a time changes what the folder says."""
    with (folder / ".lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
