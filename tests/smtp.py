"""A mail server on this machine that answers as told, so that no mail of a test leaves it."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import threading
from collections import defaultdict
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Final, Literal

# An SMTP code is the answer to RCPT. "hang": no answer any more; "think": none to the final dot;
# "die": hangs up within the message; "die after yes": keeps the mail, but its yes gets lost.
Act = int | Literal["hang", "think", "die", "die after yes"]
_PLAIN: Final = {b"EHLO": b"250 sink", b"HELO": b"250 sink", b"QUIT": b"221 bye"}


class FakeMailServer:
    """Accepts every mail, except where `script` says what happens to the next one to an address."""

    def __init__(self) -> None:
        self.script: dict[str, list[Act]] = defaultdict(list)
        self.received: list[tuple[str, EmailMessage]] = []
        self.connections = 0
        self.released = threading.Event()
        self.thinking = threading.Event()  # about a mail that it has read to its end
        self.port = 0

    def start(self) -> None:
        """Listen; after a stop, on the same port as before."""
        sink = self
        self._open: list[socket.socket] = []
        self.released.clear()
        self.thinking.clear()

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                sink.connections += 1
                sink._open.append(self.connection)
                with contextlib.suppress(OSError):  # the portal or the test hung up
                    _Session(sink, self).run()

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = daemon_threads = True
            block_on_close = False

        self._server = Server(("127.0.0.1", self.port), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Vanish, open connections and all."""
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        for connection in self._open:
            connection.close()

    def to(self, address: str) -> list[EmailMessage]:
        """The mails that reached this address."""
        return [message for to, message in self.received if to == address]


class _Session:
    def __init__(self, sink: FakeMailServer, handler: socketserver.StreamRequestHandler) -> None:
        self.sink, self.read, self.wfile = sink, handler.rfile.readline, handler.wfile
        self.to = ""
        self.act: Act | None = None

    def run(self) -> None:
        self.say(b"220 sink")
        while line := self.read():
            verb = line[:4].upper().strip()
            if verb == b"RCPT" and not self.recipient(line):
                return
            if verb == b"DATA" and not self.data():
                return
            if verb not in (b"RCPT", b"DATA"):
                self.say(_PLAIN.get(verb, b"250 ok"))
            if verb == b"QUIT":
                return

    def say(self, answer: bytes) -> None:
        self.wfile.write(answer + b"\r\n")

    def recipient(self, line: bytes) -> bool:
        self.to = line.decode().partition("<")[2].partition(">")[0]
        script = self.sink.script[self.to]
        self.act = script.pop(0) if script else None
        if self.act == "hang":
            self.sink.released.wait(60)
            return False
        if isinstance(self.act, int):
            self.say(f"{self.act} said the sink".encode())
            return self.act != 421  # RFC 5321 §3.8: whoever says 421 hangs up
        self.say(b"250 ok")
        return True

    def data(self) -> bool:
        self.say(b"354 go on")
        if self.act == "die":
            return False
        lines = []
        while (line := self.read()) not in (b".\r\n", b""):
            lines.append(line)
        if self.act == "think":
            self.sink.thinking.set()
            self.sink.released.wait(60)
        self.sink.received.append(
            (self.to, message_from_bytes(b"".join(lines), EmailMessage, policy=policy.default))
        )
        if self.act == "die after yes":
            return False
        self.say(b"250 kept")
        return True
