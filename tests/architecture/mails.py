"""Every mail, as docs/mails.md lists it: the facts stand on top of its `subject.txt`.

.venv/bin/python -m tests.architecture.mails    # writes docs/mails.md anew
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.architecture import source

TEMPLATES: Final = source.ROOT / "templates" / "mail"
DOCUMENT: Final = source.ROOT / "docs" / "mails.md"
_FACT: Final = re.compile(r"^{# (To|When|Why|Until): (.+) #}$", re.MULTILINE)
_POSTS: Final = re.compile(r"_?post|_code|_tell|_?to_\w+")
_HEAD: Final = """\
# Every mail

Made from the facts on top of each `templates/mail/<name>/subject.txt` by
`.venv/bin/python -m tests.architecture.mails`; a test fails when this page is stale. How mail
leaves: [mail.md](mail.md). Unless something else is said, a mail is tried for 96 hours; its text is
wiped as soon as it is sent or given up.

| Mail | To | When | Why | Until |
|---|---|---|---|---|
"""


@dataclass(frozen=True)
class Mail:
    """One folder of `templates/mail/`; `facts` by the word in front of each."""

    name: str
    facts: dict[str, str]

    @property
    def row(self) -> str:
        said = " | ".join(self.facts.get(fact, "") for fact in ("To", "When", "Why", "Until"))
        return f"| [{self.name}](../templates/mail/{self.name}/body.txt) | {said} |\n"


def read() -> list[Mail]:
    """All mails that have a folder, by name."""
    folders = sorted(path for path in TEMPLATES.iterdir() if path.is_dir())
    return [
        Mail(path.name, dict(_FACT.findall((path / "subject.txt").read_text("utf-8"))))
        for path in folders
    ]


def document() -> str:
    """What docs/mails.md should hold."""
    return _HEAD + "".join(mail.row for mail in read())


def posted() -> Iterator[str]:
    """The name of each mail that a function of an `emails` module posts itself."""
    for path in source.modules(*source.PACKAGES):
        if path.stem == "emails" or "emails" in path.parent.parts:
            yield from _posted_by(path)


def _posted_by(path: Path) -> Iterator[str]:
    for node in source.nodes(path):
        if isinstance(node, ast.Call) and node.args and _POSTS.fullmatch(ast.unparse(node.func)):
            # `"invitation" if inviter else "account_ready"` names two.
            texts = (each for each in ast.walk(node.args[0]) if isinstance(each, ast.Constant))
            yield from (str(text.value) for text in texts)


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
