"""Every address of an embedded portal: the test run's own origin isn't on loopback."""

from __future__ import annotations

from onboarding.urls import handler429, handler500, mailbox_patterns
from onboarding.urls import urlpatterns as site_patterns

__all__ = ["handler429", "handler500", "urlpatterns"]

urlpatterns = [*mailbox_patterns, *site_patterns]
