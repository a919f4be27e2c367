from __future__ import annotations

from unittest.mock import patch

import pytest
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


def test_alive_asks_nobody(client: Client, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    with django_assert_num_queries(0):
        response = client.get("/healthz")
    assert response.json() == {"status": "ok"}


def test_ready_names_each_part(client: Client) -> None:
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {
        "status": "ok",
        "database": "ok",
        "migrations": "ok",
        "broker": "ok",
    }


def test_not_ready_without_the_database(client: Client) -> None:
    with patch.object(connection, "cursor", side_effect=DatabaseError):
        response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["database"] == "failed"


def test_not_ready_before_every_migration_has_run(client: Client) -> None:
    MigrationRecorder(connection).migration_qs.filter(app="onboarding").delete()

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["migrations"] == "failed"


def test_ready_without_the_broker_which_is_reported(client: Client) -> None:
    with patch("onboarding.celery.app.connection_for_write", side_effect=OSError):
        response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json() == {
        "status": "ok",
        "database": "ok",
        "migrations": "ok",
        "broker": "failed",
    }
