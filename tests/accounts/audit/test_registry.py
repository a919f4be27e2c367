"""Each package declares its own audit events, once and with their sentences."""

from __future__ import annotations

import pytest
from django.db import models

from accounts.audit import registry
from accounts.audit.events import Event as AccountEvent
from accounts.audit.models import AuditEvent
from accounts.web import security_log
from licensing.events import Event as LicenseEvent


@pytest.fixture(autouse=True)
def nothing_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LABELS", "SENTENCES", "KINDS"):
        monkeypatch.setattr(registry, name, dict(getattr(registry, name)))


class Farm(models.TextChoices):
    PAINTED = "farm.painted", "Farm painted"


def test_all_events_of_all_packages_are_known_with_a_sentence() -> None:
    everyone = {*AccountEvent.values, *LicenseEvent.values}

    assert len(everyone) == len(AccountEvent) + len(LicenseEvent)
    assert everyone == set(registry.LABELS) == set(registry.SENTENCES)


def test_accounts_declares_no_event_of_what_is_above() -> None:
    nouns = {str(event.value).partition(".")[0] for event in AccountEvent}

    assert nouns == {
        *("account", "member", "invitation", "join_request", "mail", "person"),
        *("recovery", "claim"),
    }


def test_an_event_that_is_declared_is_read_in_words() -> None:
    assert AuditEvent(event="farm.painted").label == "farm.painted"

    registry.declare(Farm, sentences={Farm.PAINTED: "%(actor)s painted"}, kinds={"farm": "Farms"})

    assert AuditEvent(event="farm.painted").label == "Farm painted"
    assert registry.KINDS["farm"] == "Farms"


def test_no_event_goes_without_a_sentence() -> None:
    with pytest.raises(AssertionError):
        registry.declare(Farm, sentences={}, kinds={})


def test_no_two_packages_declare_the_same_name() -> None:
    registry.declare(Farm, sentences={Farm.PAINTED: "Painted"}, kinds={})

    with pytest.raises(AssertionError):
        registry.declare(Farm, sentences={Farm.PAINTED: "Painted"}, kinds={})


def test_the_security_log_follows_events_that_exist() -> None:
    assert set(security_log._OF_AUDIT) <= set(registry.LABELS)
