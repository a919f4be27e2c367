"""Plugins of the whole test run; fixtures stand in tests/."""

from __future__ import annotations

pytest_plugins = ["tests.selection"]
