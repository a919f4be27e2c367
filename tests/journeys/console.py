"""An installed instance that plays along: the example console, in a process of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]


class Console:
    """`examples/ras_console.py` in a process, as it runs beside an installed instance."""

    def __init__(self, folder: Path, name: str) -> None:
        self.state, self.name = folder / f"{name}.json", name

    def start(self, command: str, *words: str) -> None:
        self.said, self._lines = "", Queue[str]()
        script = ["examples/ras_console.py", command, "--state", str(self.state), *words]
        self.process = subprocess.Popen(
            [sys.executable, "-u", *script],
            cwd=ROOT,
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        self._listener = Thread(target=self._listen, daemon=True)
        self._listener.start()

    def activate(self, portal: str, host: str = "ras1.initech.example") -> str:
        """Start an activation; the link that the console shows."""
        self.start("activate", "--portal", portal, "--name", self.name, "--host", host)
        link = self.read_until(r"\n    (http\S+/activate/\?code=\S+)\n")
        assert self.read_until(r"\n    ([A-Z]{4}-[A-Z]{4})\n") == link[-9:]
        return link

    def run(self, command: str, *words: str) -> str:
        """Run one command to its end; what it said."""
        self.start(command, *words)
        self._listener.join(30)
        return "".join(self._lines.queue)

    def read_until(self, pattern: str) -> str:
        while not (found := re.search(pattern, self.said)):
            try:
                self.said += self._lines.get(timeout=30)
            except Empty:
                raise AssertionError(f"The console only said: {self.said}") from None
        return found.group(1)

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(10)

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)
