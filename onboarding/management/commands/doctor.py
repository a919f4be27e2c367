"""Says what is wrong around the portal, and what to do."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from onboarding.operations import database_findings, service_findings
from onboarding.operations.findings import Finding, Level


class Command(BaseCommand):
    help = (
        "Look at the database, Redis, mail, keys, clocks, proxies, disk and schedule. "
        "Exit code 1 when something is wrong."
    )
    requires_system_checks = []  # their sentences are among the findings

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--mail-to", default="", help="send a real message to this address")
        parser.add_argument("--web-processes", type=int, default=2, help="how many there are")

    def handle(self, *args: Any, **options: Any) -> None:
        errors = 0
        for finding in _findings(options["mail_to"], options["web_processes"]):
            self.stdout.write(f"{finding.level:<8} {finding.text}")
            errors += finding.level == Level.ERROR
        if errors:
            raise CommandError(f"{errors} to mend before the portal is as it should be.")


def _findings(mail_to: str, web_processes: int) -> Iterator[Finding]:
    yield from service_findings.about_settings()
    yield service_findings.about_keys()
    yield from database_findings.about_database(web_processes=web_processes)
    yield service_findings.about_redis()
    yield service_findings.about_mail(to=mail_to)
    yield service_findings.about_proxies()
    yield service_findings.about_disk()
    yield service_findings.about_schedule(now=timezone.now())
