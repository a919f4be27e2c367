"""A signing key has leaked: it leaves the published set, and nothing that it signed counts."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from licensing.documents import documents
from licensing.documents.signing_keys import KeySetInvalid, SigningKey
from licensing.fleet.actions import withdrawal
from licensing.management.commands.rotate_license_key import emergency
from licensing.protocol.date_text import in_words


class Command(BaseCommand):
    help = (
        "Withdraw a key that signed licenses: it leaves the published set at once, and instances "
        "get a document under another key at their next check-in. Lists the instances without a "
        "network, which need a new license file. If the key file holds its private part, all of "
        "that file counts as leaked: a new key signs at once. The portal needs no restart."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kid", metavar="KID", help="as in /.well-known/license-keys.json")

    def handle(self, *args: Any, **options: Any) -> None:
        kid: str = options["kid"]
        try:
            key = self._known(kid)
            kids = {kid, *(self._replace_file() if key and key.private else [])}
            documents.refuse_without_another_key(kids, now=timezone.now())
        except KeySetInvalid as error:
            raise CommandError(f"Nothing is withdrawn. {error}") from error
        new = withdrawal.withdraw(kids=kids, now=timezone.now())
        for each in sorted(kids):
            said = "is withdrawn" if each in new else "was withdrawn before"
            self.stdout.write(f"Key {each} {said}.")
        self._list_exposed(kids)

    def _known(self, kid: str) -> SigningKey | None:
        """The key; None for one that was withdrawn earlier and is in no set any more."""
        keys = {key.kid: key for key in documents.all_keys()}
        if kid in keys:
            return keys[kid]
        if kid in documents.withdrawn_kids():
            return None
        raise CommandError(f"There is no key {kid}. Known are: {', '.join(keys)}.")

    def _replace_file(self) -> list[str]:
        """Make a new key sign, when a file holds what has leaked; which waiting keys went."""
        path: Path | None = settings.PORTAL_LICENSE_KEY_FILE
        if path is None:
            return []
        newest, dropped = emergency(path)
        self.stdout.write(
            f"Key {newest.kid} signs from now on; no private part of an earlier key is left in "
            f"{path}. Keep a copy of it in a safe place, and destroy copies of the old one."
        )
        return dropped

    def _list_exposed(self, kids: set[str]) -> None:
        reporting = withdrawal.reporting_under(kids)
        self.stdout.write(
            f"{reporting} instances hold a document that it signed. They get another one at their "
            "next check-in."
        )
        offline = list(withdrawal.offline_under(kids))
        self.stdout.write(
            f"{len(offline)} instances are licensed by file. They trust the key until somebody "
            "brings them the new key set and a new license file:"
            if offline
            else "No instance is licensed by file under it."
        )
        for each in offline:
            instance = each.instance
            self.stdout.write(
                f"  {instance.account} · {instance} · {instance.host} · document until "
                f"{in_words(instance.heartbeat.document_ends_at)}"
            )
