"""An installation whose messages to support and deferred tasks were still those of accounts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from onboarding.guide.models import DeferredTask
from onboarding.support.models import SupportMessage
from tests.factories import person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.embedded]

BEFORE = ("accounts", "0006_plain_names")
MODELS = ("deferredtask", "supportmessage")


def migrate(*targets: tuple[str, str]) -> Any:
    """The models as they were at that point."""
    executor = MigrationExecutor(connection)
    executor.migrate(list(targets))
    return MigrationExecutor(connection).loader.project_state(list(targets)).apps


def to_the_newest() -> None:
    call_command("migrate", verbosity=0)


@pytest.fixture(autouse=True)
def newest_again() -> Iterator[None]:
    yield
    to_the_newest()


def apps_of_types() -> list[str]:
    types = ContentType.objects.filter(model__in=MODELS)
    return list(types.order_by("model").values_list("app_label", flat=True))


def test_what_was_written_before_is_there_after_and_back_again() -> None:
    sam, now = person("sam@portal.example", "Sam"), timezone.now()
    old = migrate(BEFORE)
    message = old.get_model("accounts", "SupportMessage").objects.create(
        form_token="00000000-0000-4000-8000-000000000000",
        reference="7QK-DM4P",
        email="dana@initech.example",
        email_proven=True,
        subject="Hello",
        message="Hello",
        created_at=now,
        answered_by_id=sam.pk,
    )
    old.get_model("accounts", "DeferredTask").objects.create(kind="ask", facts={}, created_at=now)

    to_the_newest()

    kept = SupportMessage.objects.get()
    assert (kept.pk, kept.public_id, kept.answered_by) == (message.pk, message.public_id, sam)
    assert DeferredTask.objects.get().kind == "ask"

    SupportMessage.objects.update(subject="Changed")
    again = migrate(BEFORE).get_model("accounts", "SupportMessage").objects.get()

    assert (again.pk, again.subject) == (message.pk, "Changed")


def test_permissions_on_them_go_with_them_both_ways() -> None:
    to_the_newest()
    seen = Permission.objects.get(codename="view_supportmessage")
    assert apps_of_types() == ["onboarding", "onboarding"]

    migrate(BEFORE)
    assert apps_of_types() == ["accounts", "accounts"]

    to_the_newest()
    assert apps_of_types() == ["onboarding", "onboarding"]
    assert Permission.objects.get(codename="view_supportmessage").pk == seen.pk
