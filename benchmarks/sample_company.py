"""A company with 25 rows in every list, in an empty embedded portal.

Run by `benchmarks.instructions` with the portal's environment set; prints what it made as JSON.
"""

from __future__ import annotations

import json
import os
import sys

import django

ROWS = 25


def fill() -> dict[str, object]:
    """Make the company; the answer names its pages and carries an administrator's cookie."""
    from django.conf import settings
    from django.core.management import call_command
    from django.test import Client
    from django.utils import timezone

    from tests import factories
    from tests.licensing import license_factories, many_instances

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    now = timezone.now()
    alice = factories.person("alice@acme.example", "Alice Reyes")
    acme = factories.business_account("Acme Corp", administrator=alice, now=now)
    factories.crowd(acme, ROWS - 1)
    for number in range(ROWS):
        license_factories.subscription(acme, name=f"Site {number}", now=now)
    key = license_factories.primary_key(acme.licenses.first())  # type: ignore[arg-type]
    many_instances.make(acme, key, ROWS, now=now)
    browser = Client()
    browser.force_login(alice)
    name = settings.SESSION_COOKIE_NAME
    account = f"/b/{acme.slug}"
    return {
        "cookie": f"{name}={browser.cookies[name].value}",
        "signed_in": [
            f"{account}/licenses/",
            f"{account}/instances/",
            f"{account}/members/",
            f"{account}/",
        ],
        "signed_out": [
            "/start/",
            "/accounts/login/",
            "/accounts/signup/",
            "/accounts/password/reset/",
            "/start/find/",
            "/activate/",
            "/support/",
        ],
    }


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "onboarding.settings"
    django.setup()
    json.dump(fill(), sys.stdout)
