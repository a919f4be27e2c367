from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher

from accounts.limits import hash_gate


class Argon2(Argon2PasswordHasher):
    """Argon2id with 46 MiB, two passes and one lane: about 90 ms, measured on two cores.

    Every hash goes through the machine's gate; raises hash_gate.Busy. The doors enter it earlier
    (accounts/middleware.py): before they look anybody up.
    """

    time_cost = 2
    memory_cost = 46 * 1024
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        with hash_gate.through():
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        with hash_gate.through():
            return super().verify(password, encoded)

    def harden_runtime(self, password: str, encoded: str) -> None:
        """Nothing to even out: an old hash is replaced at the next sign-in."""
