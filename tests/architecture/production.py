"""A portal with production's settings answers a few requests; prints headers and cookies as JSON.

Run as a process of its own by test_headers.py: settings are read once in a process's life.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import django
from django.core.management import call_command
from django.db import transaction


def main(origin: str) -> None:
    django.setup()
    call_command("collectstatic", "--noinput", verbosity=0)
    with transaction.atomic():  # the tests' own database, where nothing may stay
        answers = _answers(origin)
        transaction.set_rollback(True)
    print(json.dumps({name: _told(answer) for name, answer in answers.items()}))  # noqa: T201


def _answers(origin: str) -> dict[str, Any]:
    from django.contrib.staticfiles.storage import staticfiles_storage
    from django.test import Client

    host = origin.removeprefix("https://")
    browser = Client(headers={"host": host}, raise_request_exception=False)
    plain = browser.get("/accounts/login/")
    refused = browser.post(
        "/accounts/login/", {"login": "nobody@initech.example", "password": "wrong"}, secure=True
    )
    return {
        "plain http": plain,
        "plain api": browser.get("/api/v1/instance", headers={"authorization": "Bearer t"}),
        "plain oauth": browser.post("/oauth/token", {"device_code": "d"}),
        "plain link": browser.get("/invitations/t/"),
        "plain reset": browser.get("/accounts/password/reset/key/1-abc/"),
        "plain form": browser.post("/accounts/login/", {"password": "p"}),
        "page": browser.get("/accounts/login/", secure=True),
        "refused": refused,
        "redirect": browser.get("/b/", secure=True),
        "missing": browser.get("/nowhere/", secure=True),
        "foreign host": browser.get("/", headers={"host": "evil.example"}, secure=True),
        "mailbox": browser.get("/mailbox/", secure=True),
        "style": browser.get(staticfiles_storage.url("css/base.css"), secure=True),
    }


def _told(answer: Any) -> dict[str, Any]:
    return {
        "status": answer.status_code,
        "body": "" if answer.streaming else answer.content.decode(),
        "headers": {name.lower(): value for name, value in answer.items()},
        "cookies": {
            name: {key: morsel[key] for key in ("secure", "httponly", "samesite", "path", "domain")}
            for name, morsel in answer.cookies.items()
        },
    }


if __name__ == "__main__":
    main(sys.argv[1])
