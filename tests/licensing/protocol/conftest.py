"""The API's own personas: bodies are tried where they arrive."""

from tests.licensing.api.conftest import farm, machine

__all__ = ["farm", "machine"]
