"""A demonstration: a company with people, licenses and instances in every state, and a new one."""

from __future__ import annotations

import secrets
from argparse import ArgumentParser
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.directory.models import BusinessAccount, Membership, User
from accounts.membership.actions import accounts
from onboarding.management.demo import instances, licenses, people, staff
from onboarding.management.demo.story import Stage, perform

ACME: Final = "Acme Corp"
GLOBEX: Final = "Globex"


class Command(BaseCommand):
    help = "Make a demonstration company with members and invitations; prints how to sign in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--password", help="for all demonstration people (default: random)")
        parser.add_argument(
            "--force", action="store_true", help="run on a portal that isn't on this machine only"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.PORTAL_EMBEDDED and not options["force"]:
            raise CommandError(
                f"{settings.PORTAL_ORIGIN} isn't a local portal. "
                "Demonstration people can sign in there; add --force if you want that."
            )
        password = options["password"] or secrets.token_urlsafe(12)
        now = timezone.now()
        with transaction.atomic():
            alice = people.person("alice@acme.example", "Alice Reyes", password)
            charlie = people.person("charlie@globex.example", "Charlie Stone", password)
            acme = _account(ACME, alice, now - timedelta(days=90))
            globex = _account(GLOBEX, charlie, now - timedelta(days=2))
            # What is there stays as people left it.
            if acme.memberships.count() == 1 and not acme.invitations.exists():
                stage = Stage(acme, globex, alice, charlie, password)
                perform([*people.ACTS, *licenses.ACTS, *instances.ACTS], stage, now)
            # Who may see every company isn't made where others than this machine can sign in.
            second_step = staff.person(password) if settings.PORTAL_EMBEDDED else None
        self._tell(acme, password)
        if second_step:
            self._tell_of_staff(second_step)

    def _tell(self, acme: BusinessAccount, password: str) -> None:
        write = self.stdout.write
        write(f"Sign in at {settings.PORTAL_ORIGIN}/accounts/login/")
        write(f"  password of all: {password}")
        write("  alice@acme.example      administrator of Acme Corp (start here)")
        write("  bob@acme.example        license manager")
        write("  mia@acme.example        member; invited to Globex")
        write("  yuki@acme.example       blocked")
        write("  charlie@globex.example  administrator of Globex, a new account")
        here = f"{settings.PORTAL_ORIGIN}/b/{acme.slug}"
        write(f"Acme Corp: {here}/")
        write("  look at the overview: a request to answer, seats exceeded, a license that ends,")
        write(f"  {here}/licenses/   a subscription with three keys, and four more")
        write(f"  {here}/instances/  eight farms: Vienna over its seats, Graz silent, Linz lost")

    def _tell_of_staff(self, second_step: staff.SecondStep) -> None:
        write = self.stdout.write
        write(f"Staff: {settings.PORTAL_ORIGIN}/admin/desk/")
        write(f"  {staff.EMAIL}      signs in with the same password, then with a second step:")
        write(f"  one of the codes {', '.join(second_step.codes)}, each good once,")
        write(f"  or an authenticator app, given {second_step.app}")


def _account(name: str, administrator: User, now: datetime) -> BusinessAccount:
    held = Membership.objects.filter(user=administrator, account__name=name)
    if membership := held.select_related("account").first():
        return membership.account
    return accounts.create(name=name, by=administrator, now=now).account
