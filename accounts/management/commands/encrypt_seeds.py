from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.sign_in.actions import seeds


class Command(BaseCommand):
    """Bring all seeds under the first key (docs/production.md, Seeds of second steps)."""

    help = "Encrypt the seeds of all second steps with the first of PORTAL_SEED_KEYS."

    def handle(self, *args: Any, **options: Any) -> None:
        done = seeds.rewrite_all()
        if done.unreadable:
            raise CommandError(
                f"{done.unreadable} second steps fit none of PORTAL_SEED_KEYS and stayed as they "
                "are. Put the key that wrote them at the list's end, and run encrypt_seeds again."
            )
        if options["verbosity"]:
            self.stdout.write(f"{done.changed} second steps written anew, {done.unchanged} as is.")
