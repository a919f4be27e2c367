from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Final, TypeVar

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher

from accounts import gate

T = TypeVar("T", str, bool)
_NICE: Final = 2  # pages go first where cores are short, and a hash still gets its share


class Argon2(Argon2PasswordHasher):
    """Argon2id with 46 MiB, two passes and one lane: about 90 ms, measured on two cores.

    Every hash goes through the machine's gate; raises gate.Busy. The doors enter it earlier
    (accounts/middleware.py): before they look anybody up.
    """

    time_cost = 2
    memory_cost = 46 * 1024
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        return _aside(super().encode, password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        return _aside(super().verify, password, encoded)

    def harden_runtime(self, password: str, encoded: str) -> None:
        """Nothing to even out: an old hash is replaced at the next sign-in."""


def _aside(compute: Callable[[str, str], T], password: str, other: str) -> T:
    """Compute in a thread of low priority: one that had lowered its own couldn't raise it again."""
    with gate.through():
        return _threads().submit(compute, password, other).result()


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(
        settings.PORTAL_HASHES_AT_ONCE, thread_name_prefix="hash", initializer=_lower_priority
    )


def _lower_priority() -> None:
    if sys.platform == "linux":  # elsewhere it would lower the whole process's
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
