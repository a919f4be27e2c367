"""Product versions as people type them."""

from dataclasses import dataclass, field

from licensing.licenses.rules import releases

# No product has come that far, and no build.
_MAX_MAJOR, _MAX_PART = 99, 99_999


class NotAVersion(ValueError):
    """The text isn't a version such as 15, 19.3 or 21.0.1."""


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """A product version; 15 and 15.0 are the same."""

    parts: tuple[int, ...]
    text: str = field(compare=False)

    @property
    def major(self) -> int:
        return self.parts[0]

    def __str__(self) -> str:
        return self.text


def parse(text: str) -> Version:
    """The version that `text` names; raises NotAVersion."""
    version = text.strip(" \t")
    version = version[1:] if version[:1] in ("v", "V") else version
    parts = releases.ordered(version)
    if not parts or version.startswith("0") or parts[0] > _MAX_MAJOR or max(parts) > _MAX_PART:
        raise NotAVersion(text)
    return Version(parts=parts, text=version)
