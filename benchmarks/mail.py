"""Mail in bulk, beside a plain batch of the same mails: `python -m benchmarks.mail`.

Ours renders invitations into the outbox and delivers them. The plain batch takes rows with SKIP
LOCKED, renders the same words without translations and marks all it sent in one transaction. In
turns, one process each, on a private PostgreSQL, against a mail server that only says yes.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import statistics
import sys
import time
from typing import Any, Final
from unittest.mock import patch

BATCH: Final = 100
MAILS: Final = 1000
SENDER: Final = "portal@portal.example"


class YesServer(asyncio.Protocol):
    """The least that a mail server can do."""

    def connection_made(self, transport: Any) -> None:
        self.transport, self.unread, self.in_data = transport, b"", False
        transport.write(b"220 yes\r\n")

    def data_received(self, data: bytes) -> None:
        self.unread += data
        while (end := b"\r\n.\r\n" if self.in_data else b"\r\n") in self.unread:
            line, _end, self.unread = self.unread.partition(end)
            begins = not self.in_data and line.upper().startswith(b"DATA")
            self.transport.write(b"354 go\r\n" if begins else b"250 yes\r\n")
            self.in_data = begins


def serve(port: int) -> None:
    async def forever() -> None:
        server = await asyncio.get_running_loop().create_server(YesServer, "127.0.0.1", port)
        await server.serve_forever()

    asyncio.run(forever())


def context(number: int) -> dict[str, Any]:
    from django.utils import timezone

    return {
        "url": f"https://portal.example/invitations/{number}/",
        "inviter": "Alice Winter",
        "inviter_email": "alice@acme.example",
        "role": "Member",
        "allows": "Members see licenses and instances.",
        "until": timezone.now(),
    }


def ours() -> tuple[float, float]:
    """Seconds to render and store, and to deliver."""
    from django.utils import timezone

    from accounts import outbox
    from accounts.outbox import delivery, rendering

    began = time.perf_counter()
    for first in range(0, MAILS, BATCH):
        with outbox.together():
            for number in range(first, first + BATCH):
                to, now = f"crowd{number}@acme.example", timezone.now()
                rendering.post("invitation", to=to, now=now, **context(number))
    stored = time.perf_counter()
    sent = delivery.deliver_due()
    if sent != MAILS:
        sys.exit(f"{sent} of {MAILS} mails were sent")
    return stored - began, time.perf_counter() - stored


def plain(text: Any, html: Any) -> float:
    """Seconds to render, deliver and mark."""
    from django.core.mail import EmailMultiAlternatives, get_connection
    from django.db import connection, transaction
    from django.template import Context

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS plain (id serial PRIMARY KEY, sent boolean)")
        cursor.execute("TRUNCATE plain")
        cursor.execute("INSERT INTO plain (sent) SELECT false FROM generate_series(1, %s)", [MAILS])
        began, channel = time.perf_counter(), get_connection()
        channel.open()
        for _ in range(0, MAILS, BATCH):
            with transaction.atomic():
                take = "SELECT id FROM plain WHERE NOT sent ORDER BY id LIMIT %s"
                cursor.execute(take + " FOR UPDATE SKIP LOCKED", [BATCH])
                ids = [row[0] for row in cursor.fetchall()]
                for number in ids:
                    facts, to = Context(context(number)), [f"crowd{number}@acme.example"]
                    mail = EmailMultiAlternatives(
                        "Invitation", text.render(facts), SENDER, to, connection=channel
                    )
                    mail.attach_alternative(html.render(facts), "text/html")
                    mail.send()
                cursor.execute("UPDATE plain SET sent = true WHERE id = ANY(%s)", [ids])
        channel.close()
        return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django
    from django.conf import settings
    from django.core.management import call_command
    from django.template import Engine

    from tests import services

    django.setup()
    port = services.free_port()
    multiprocessing.get_context("spawn").Process(target=serve, args=(port,), daemon=True).start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    call_command("migrate", verbosity=0)
    from django.utils import timezone

    from accounts.outbox import rendering, worker_signals

    patch.object(worker_signals, "notify").start()  # no worker runs that could be rung
    model = rendering.post("invitation", to="crowd0@acme.example", now=timezone.now(), **context(0))
    address, hole = context(0)["url"], "{{ url }}"
    parts = (
        part.replace(address, hole).replace("Alice Winter", "{{ inviter }}")
        for part in (model.text, model.html)
    )
    templates = [Engine.get_default().from_string(part) for part in parts]
    model.delete()
    time.sleep(1)
    results = [(*ours(), plain(*templates)) for _ in range(rounds + 1)][1:]
    rendered, delivered, beside = (
        statistics.median(column) for column in zip(*results, strict=True)
    )
    ratio = statistics.median(last / (first + second) for first, second, last in results)
    sys.stdout.write(
        f"ours: {MAILS / rendered:,.0f} rendered and stored a second, {MAILS / delivered:,.0f}"
        f" delivered, {MAILS / (rendered + delivered):,.0f} both\n"
        f"plain batch: {MAILS / beside:,.0f} rendered and delivered\nratio: {ratio:.2f}\n"
    )


if __name__ == "__main__":
    main()
