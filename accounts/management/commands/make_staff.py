"""The first of the vendor's staff: everybody else is found at the desk."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.errors import AddressTaken
from accounts.identity.addresses import InvalidEmail
from accounts.sign_in.actions import staff


class Command(BaseCommand):
    help = (
        "Make the person with this address staff. An address that nobody has proven gets a person "
        "and a link to set the password: check it twice, its mailbox can reset that password."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", metavar="EMAIL")
        parser.add_argument("--name", default="", help="what a new person is called")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = staff.appoint(email=options["email"], name=options["name"])
        except InvalidEmail as error:
            raise CommandError(f"{options['email']} can't be used: {error}") from error
        except AddressTaken as error:
            raise CommandError(
                f"{options['email']} belongs to somebody who can't sign in. "
                "Enable that person at the desk first, or name another address."
            ) from error
        who = done.user.email_display
        self.stdout.write(f"{who} was staff already." if done.was_staff else f"{who} is staff now.")
        if done.password_link:
            self.stdout.write(
                f"Open this link within an hour to set the password:\n{done.password_link}"
            )
        self.stdout.write(
            "The desk (/admin/desk/) opens after the second step is set up: it asks for it."
        )
