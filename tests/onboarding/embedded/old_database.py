"""Run on an old data directory, by a process of its own: migrate it, then look around as Alice.

Prints a JSON object of addresses and statuses.
"""

from __future__ import annotations

import json
import re
import sys
from typing import Final

import django
from django.core.management import call_command
from django.test import Client

PAGES: Final = ("", "members/", "licenses/", "instances/", "activity/", "settings/", "enrollment/")
_OF_THINGS: Final = re.compile(r"/b/[\w-]+/(?:licenses|instances)/[0-9a-f-]{36}/")


def look_around() -> dict[str, int]:
    """The status of each page that Alice finds in her account."""
    from django.conf import settings

    from accounts.directory.models import Membership

    alice = Membership.objects.select_related("user", "account").get(
        user__email="alice@acme.example"
    )
    browser = Client(headers={"host": settings.PORTAL_ORIGIN.partition("://")[2]})
    browser.force_login(alice.user, settings.AUTHENTICATION_BACKENDS[0])
    home, found, statuses = f"/b/{alice.account.slug}/", set[str](), {}
    for page in PAGES:
        response = browser.get(home + page)
        statuses[page] = response.status_code
        found |= set(_OF_THINGS.findall(response.content.decode()))
    return statuses | {page: browser.get(page).status_code for page in sorted(found)}


if __name__ == "__main__":
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("migrate", check=True, verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    sys.stdout.write(json.dumps(look_around()))
