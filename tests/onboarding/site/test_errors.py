"""What the portal stands on is away: pages say so or go on, and nothing is half-done (SPEC 5)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.outbox import delivery
from accounts.outbox.models import OutboxMail, Status
from licensing.purchases.rules import purchase_files
from tests.architecture import two_companies as worlds
from tests.architecture.routes import EMBEDDED, all_routes
from tests.licensing import purchase_factories
from tests.licensing.uploads import own_folder
from tests.limits.forms import doors
from tests.limits.sample_portal import FORM, FormUnderTest, Rows, SamplePortal, rows
from tests.onboarding.outages import (
    FailingWrite,
    lost,
    no_broker,
    no_database,
    no_mail_server,
    no_redis,
)
from tests.personas import Response, SignIn

__all__ = ["no_broker", "no_mail_server", "no_redis", "own_folder"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def portal(sign_in: SignIn, now: datetime) -> SamplePortal:
    portal = SamplePortal(sign_in, now)
    for who in ("alice", "carl", "mia", "sam"):
        portal.browser(who).raise_request_exception = False
    return portal


@pytest.mark.parametrize("persona", ["stranger", "alice", "staff2"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_without_a_database_every_address_says_so(persona: str, method: str, settings: Any) -> None:
    settings.ROOT_URLCONF = EMBEDDED
    world = worlds.make(timezone.now())
    browser = world.browser(persona)
    said = 0
    for route in all_routes():
        path = route.path(world, route.cases()[0])
        with no_database():
            answer = getattr(browser, method)(path)

        if route.text == "readyz" and method == "get":
            assert answer.json()["database"] == "failed"
        elif answer.status_code == 503:
            _says_so(answer, route.text)
            said += 1
        else:
            assert answer.status_code < 500, route.text
    # Whoever isn't known gets to few pages that would need it.
    assert said > (3 if persona == "stranger" else 150)


def _says_so(answer: Response, route: str) -> None:
    assert answer["Retry-After"] == "60", route
    if route.startswith("api/") and route != "api/v1/docs":
        assert answer.json()["code"] == "unavailable", route
    elif route.startswith("oauth/"):
        assert answer.json()["error"] == "temporarily_unavailable", route
    else:
        page = answer.content.decode()
        assert "<h1>We can't reach our data right now</h1>" in page, route
        assert answer["X-Request-Id"] in page, route


def test_the_page_offers_what_was_asked_for_again(portal: SamplePortal) -> None:
    with no_database():
        page = portal.browser("alice").get("/b/?a=1&b=2").content.decode()
        sent = portal.browser("alice").post("/b/new/", {"name": "Winter"}).content.decode()

    assert 'href="/b/?a=1&amp;b=2">Try again' in page
    assert "Try again<" not in sent, "a link would ask for the form, not send it again"


def test_who_asks_for_life_gets_it_with_a_cookie_too(portal: SamplePortal) -> None:
    with no_database():
        assert portal.browser("alice").get("/healthz").status_code == 200


def test_a_connection_lost_at_any_write_leaves_nothing_half_done(portal: SamplePortal) -> None:
    before = rows()
    stranger = Client(raise_request_exception=False)
    tries = 0
    for door in doors(portal):
        writes = _try(portal, door, stranger, FailingWrite(0))[2].count
        for number in range(1, writes + 1):
            answer, after, fault = _try(portal, door, stranger, FailingWrite(number))

            where = f"{door.name}, write {number}: {fault.sql}"
            assert answer.status_code == 503, where
            _says_so(answer, where)
            assert after == before, where
            tries += 1
    assert tries > 150


def _try(
    portal: SamplePortal, door: FormUnderTest, stranger: Client, fault: FailingWrite
) -> tuple[Response, Rows, FailingWrite]:
    browser = portal.browser(door.who) if door.who else stranger
    if settings.REDIS_URL:
        cache.clear()  # where allauth counts
    with portal.undone():
        with connection.execute_wrapper(fault):
            answer = browser.post(door.path, urlencode(door.good), content_type=FORM)
        # Nothing really broke: the transaction around the test may go on.
        transaction.set_rollback(False)
        after = rows()
    stranger.cookies.clear()
    return answer, after, fault


def test_a_session_that_cannot_be_saved_is_no_fault_of_the_browsers(portal: SamplePortal) -> None:
    def refuse(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith('UPDATE "django_session"'):
            raise lost()
        return execute(sql, *rest)

    with connection.execute_wrapper(refuse):
        answer = portal.browser("alice").post("/b/new/", {"name": "Winter"})

    _says_so(answer, "b/new/")


@pytest.mark.parametrize("fault", ["no_broker", "no_redis"])
def test_without_redis_every_form_does_its_work(
    portal: SamplePortal,
    fault: str,
    request: pytest.FixtureRequest,
    django_capture_on_commit_callbacks: Any,
) -> None:
    request.getfixturevalue(fault)
    before = rows()
    for door in doors(portal):
        with portal.undone():
            with django_capture_on_commit_callbacks(execute=True):
                answer = portal.submit(door, door.good)
            after = rows()

        assert answer.status_code == door.answer, door.name
        assert (after != before) == door.changes, door.name


@pytest.mark.usefixtures("no_mail_server")
def test_without_a_mail_server_every_mail_waits(portal: SamplePortal) -> None:
    for door in doors(portal):
        with portal.undone():
            OutboxMail.objects.all().delete()
            portal.submit(door, door.good)
            mails = OutboxMail.objects.count()
            delivery.deliver_due()

            waiting = OutboxMail.objects.filter(status=Status.QUEUED, attempts__lte=1)
            assert waiting.count() == mails, door.name
            members = portal.browser("alice").get(f"/b/{portal.acme.slug}/members/")
            assert members.status_code == 200, door.name


@pytest.mark.usefixtures("own_folder")
def test_a_connection_lost_while_a_file_comes_in_leaves_no_file(portal: SamplePortal) -> None:
    content = purchase_factories.file(purchase_factories.line()).getvalue()
    desk = portal.browser("sam")
    file = SimpleUploadedFile("november.csv", content, "text/csv")
    with portal.undone(), connection.execute_wrapper(FailingWrite(1)):
        answer = desk.post("/admin/desk/purchases/", {"file": file})

    assert answer.status_code == 503
    assert list(purchase_files.folder().iterdir()) == []
