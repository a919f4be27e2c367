"""What `manage.py doctor` says about everything beside the database."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import pytest
from django.core import mail
from django.core.management import call_command
from django.core.management.base import CommandError

from onboarding.operations import service_findings
from onboarding.operations.actions import schedule
from onboarding.operations.findings import Finding, Level
from tests import services
from tests.onboarding.outages import no_database

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


class Disk(NamedTuple):
    f_bavail: int
    f_frsize: int


MEGABYTES = 1024**2


def in_order() -> Any:
    """Settings that the system checks find nothing about; those of the tests aren't such."""
    return patch("django.core.checks.run_checks", return_value=[])


def is_error(finding: Finding, said: str) -> bool:
    return finding.level == Level.ERROR and said in finding.text


def test_settings_that_must_not_be_are_told_by_their_sentence(settings: Any) -> None:
    settings.SESSION_SAVE_EVERY_REQUEST = True

    found = list(service_findings.about_settings())

    assert [each for each in found if is_error(each, "SESSION_SAVE_EVERY_REQUEST must stay off")]


def test_settings_in_order_are_good() -> None:
    with in_order():
        found = list(service_findings.about_settings())

    assert [each.level for each in found] == [Level.GOOD]


def test_license_keys_that_everybody_reads_are_an_error(settings: Any, tmp_path: Path) -> None:
    settings.PORTAL_LICENSE_KEY_FILE = tmp_path / "keys.json"
    assert is_error(service_findings.about_keys(), "isn't there")

    settings.PORTAL_LICENSE_KEY_FILE.write_text("{}")
    settings.PORTAL_LICENSE_KEY_FILE.chmod(0o644)
    assert is_error(service_findings.about_keys(), "chmod o=")

    settings.PORTAL_LICENSE_KEY_FILE.chmod(0o600)
    assert service_findings.about_keys().level == Level.GOOD


def test_license_keys_in_the_environment_can_not_be_rotated(settings: Any) -> None:
    settings.PORTAL_LICENSE_KEY_FILE = None

    assert service_findings.about_keys().level == Level.WARNING


def test_redis_that_does_not_answer_is_an_error(settings: Any) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{services.free_port()}/0"

    assert is_error(service_findings.about_redis(), "Check REDIS_URL")


@pytest.mark.parametrize(
    ("policy", "level"), [("noeviction", Level.GOOD), ("allkeys-lru", Level.ERROR)]
)
def test_redis_must_not_forget_early(settings: Any, policy: str, level: Level) -> None:
    settings.REDIS_URL = "redis://redis.example.com/0"

    with patch("redis.Redis.ping"), patch("redis.Redis.config_get") as told:
        told.return_value = {"maxmemory-policy": policy}
        assert service_findings.about_redis().level == level


def test_production_without_redis_is_told(settings: Any) -> None:
    settings.REDIS_URL, settings.PORTAL_EMBEDDED = "", False

    assert service_findings.about_redis().level == Level.WARNING


def test_mail_is_proven_by_a_message() -> None:
    found = service_findings.about_mail(to="sam@portal.example")

    assert found.level == Level.GOOD
    assert [message.to for message in mail.outbox] == [["sam@portal.example"]]


def test_mail_that_nobody_takes_is_an_error(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", services.free_port()

    assert is_error(service_findings.about_mail(to="sam@portal.example"), "Check EMAIL_URL")


def test_mail_that_was_not_tried_is_told() -> None:
    assert service_findings.about_mail(to="").level == Level.WARNING


def test_production_has_a_proxy_in_front(settings: Any) -> None:
    settings.PORTAL_EMBEDDED, settings.PORTAL_TRUSTED_PROXIES = False, 0
    assert is_error(service_findings.about_proxies(), "PORTAL_TRUSTED_PROXIES is 0")

    settings.PORTAL_TRUSTED_PROXIES = 1
    assert service_findings.about_proxies().level == Level.GOOD


@pytest.mark.parametrize(
    ("free", "level"), [(100, Level.ERROR), (500, Level.WARNING), (5_000, Level.GOOD)]
)
def test_a_disk_fills_up_in_steps(free: int, level: Level) -> None:
    with patch("os.statvfs", return_value=Disk(free, MEGABYTES)):
        assert service_findings.about_disk().level == level


def test_a_schedule_that_never_ran_is_an_error(now: datetime) -> None:
    assert is_error(service_findings.about_schedule(now=now), "never ran")


def test_a_schedule_that_stopped_is_an_error(now: datetime) -> None:
    schedule.note_run(now=now - timedelta(minutes=20))

    assert is_error(service_findings.about_schedule(now=now), "20 minutes ago")


def test_without_its_table_the_schedule_is_one_sentence(now: datetime) -> None:
    with no_database():
        assert is_error(service_findings.about_schedule(now=now), "didn't tell")


def test_the_doctor_ends_with_1_when_something_is_wrong() -> None:
    said = StringIO()

    with pytest.raises(CommandError, match="to mend"):
        call_command("doctor", stdout=said)

    assert "error    The schedule never ran" in said.getvalue()


def test_the_doctor_is_content_with_a_portal_in_order(now: datetime, settings: Any) -> None:
    settings.PORTAL_TRUSTED_PROXIES = 1
    schedule.note_run(now=now)
    said = StringIO()

    well = Finding(Level.GOOD, "")
    with in_order(), patch.object(service_findings, "about_keys", return_value=well):
        call_command("doctor", "--mail-to=sam@portal.example", "--web-processes=1", stdout=said)

    assert "error" not in said.getvalue()
