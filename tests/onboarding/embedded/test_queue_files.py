"""The queue in files: messages appear whole, and no file can end a worker (SPEC 4.4)."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from queue import Empty
from typing import Any

import pytest
from django.conf import settings
from kombu import Connection

from onboarding.embedded.queue_files import BROKEN_FOLDER, Channel

QUEUE = "celery"
GARBAGE = [
    b"",
    b"{",
    b"\xff\xfe\x00",
    b"null",
    b"7",
    b"[]",
    b"{}",
    b'{"properties": null}',
    b'{"properties": {}}',
    b'{"properties": {"delivery_tag": "a", "body_encoding": "base64"}, "body": 7}',
    b'{"properties": {"delivery_tag": {"a": 1}, "delivery_info": {}}, "headers": {}}',
    b'{"properties": {"delivery_tag": "a", "delivery_info": 7}, "headers": {}}',
    b'{"properties": {"delivery_tag": "a", "delivery_info": {}}, "headers": [1]}',
    b'{"properties": {"delivery_tag": "a"}, "body": "half a mess',
]


@pytest.fixture
def channel(tmp_path: Path) -> Iterator[Channel]:
    with _connection(tmp_path) as connection:
        opened = connection.channel()
        assert isinstance(opened, Channel)
        yield opened


def _connection(folder: Path) -> Connection:
    for name in ("messages", "control"):
        (folder / name).mkdir(exist_ok=True)
    return Connection(
        "filesystem://",
        transport="onboarding.embedded.queue_files:Transport",
        transport_options={
            "data_folder_in": str(folder / "messages"),
            "data_folder_out": str(folder / "messages"),
            "control_folder": str(folder / "control"),
        },
    )


def _message(number: int) -> dict[str, object]:
    properties = {"delivery_tag": str(number), "delivery_info": {"routing_key": QUEUE}}
    return {"body": "", "headers": {}, "properties": properties, "number": number}


def _all_of(channel: Channel) -> list[int]:
    return [channel._get(QUEUE)["number"] for _ in range(channel._size(QUEUE))]


def test_messages_come_out_in_the_order_they_went_in(channel: Channel) -> None:
    for number in range(20):
        channel._put(QUEUE, _message(number))

    assert sorted(_all_of(channel)) == list(range(20))
    assert channel._size(QUEUE) == 0


@pytest.mark.parametrize("content", GARBAGE, ids=map(str, range(len(GARBAGE))))
def test_what_is_not_a_message_is_put_aside_and_the_next_one_is_read(
    channel: Channel, tmp_path: Path, content: bytes
) -> None:
    broken = tmp_path / "messages" / f"-first.{QUEUE}.msg"
    broken.write_bytes(content)
    channel._put(QUEUE, _message(1))

    assert channel._get(QUEUE)["number"] == 1
    assert channel._size(QUEUE) == 0
    assert (broken.parent / BROKEN_FOLDER / broken.name).read_bytes() == content


def test_a_reader_never_sees_half_a_message(channel: Channel, tmp_path: Path) -> None:
    seen: list[bytes] = []
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            waiting = (tmp_path / "messages").glob(f"*.{QUEUE}.msg")
            seen.extend(path.read_bytes() for path in waiting)

    reader = threading.Thread(target=look)
    reader.start()
    for number in range(200):
        channel._put(QUEUE, {**_message(number), "long": "x" * 50_000})
    done.set()
    reader.join()

    assert seen
    assert all(json.loads(content)["long"] for content in seen)


def test_four_readers_take_each_message_once(tmp_path: Path) -> None:
    taken: list[int] = []

    def read() -> None:
        with _connection(tmp_path) as own:
            channel: Any = own.channel()
            while channel._size(QUEUE):
                with suppress(Empty):
                    taken.append(channel._get(QUEUE)["number"])

    with _connection(tmp_path) as connection:
        writer: Any = connection.channel()
        for number in range(200):
            writer._put(QUEUE, _message(number))
    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()

    assert sorted(taken) == list(range(200))


@pytest.mark.parametrize("content", [b"", b"{", b"7", b"[7]", b"[[]]", b"\xff"])
def test_a_broken_exchange_is_put_aside_and_made_anew(
    channel: Channel, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "control" / "celery.exchange"
    file.write_bytes(content)

    assert channel.get_table("celery") == []
    channel._queue_bind("celery", "celery", "", QUEUE)

    assert [binding.queue for binding in channel.get_table("celery")] == [QUEUE]
    channel._delete(QUEUE, "celery", "celery", "")
    assert channel.get_table("celery") == []


def test_processes_that_bind_at_once_lose_no_binding(channel: Channel, tmp_path: Path) -> None:
    code = (
        "import sys, pathlib; from tests.onboarding.embedded.test_queue_files import _connection;"
        "connection = _connection(pathlib.Path(sys.argv[1])); channel = connection.channel();"
        "[channel._queue_bind('reply', '', '', f'{sys.argv[2]}-{n}') for n in range(20)]"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path), name],
            cwd=settings.BASE_DIR,
        )
        for name in "ab"
    ]

    assert [process.wait(60) for process in processes] == [0, 0]
    assert len(channel.get_table("reply")) == 40
