"""Fixtures that every test may use; personas stand in tests/personas.py."""

from __future__ import annotations

from tests.personas import acme, alice, bob, charlie, dora, globex, mia, now, sign_in

__all__ = ["acme", "alice", "bob", "charlie", "dora", "globex", "mia", "now", "sign_in"]
