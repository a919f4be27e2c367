from __future__ import annotations

import stat
from pathlib import Path

import pytest

from accounts.identity import private_files


@pytest.mark.parametrize("content", ["Grüße", "Grüße".encode()])
def test_only_the_owner_reads_it(content: str | bytes, tmp_path: Path) -> None:
    path = tmp_path / "secret"

    private_files.create(path, content)

    assert path.read_text("utf-8") == "Grüße"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_is_there_stays(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("first")

    with pytest.raises(FileExistsError):
        private_files.create(path, "second")

    assert path.read_text() == "first"


def test_what_cant_be_written_whole_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "secret"

    with pytest.raises(UnicodeEncodeError):
        private_files.create(path, "half \ud800")

    assert not path.exists()
