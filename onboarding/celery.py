"""The Celery app. Messages carry ids only; the work itself is in the database."""

from __future__ import annotations

import os

from celery import Celery, signals

from onboarding.site.startup import refuse_unsafe_settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onboarding.settings")
app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["accounts", "licensing", "onboarding"])


@signals.worker_init.connect
@signals.beat_init.connect
def start_safely(**_: object) -> None:
    """Neither worker nor scheduler starts with settings that web wouldn't."""
    refuse_unsafe_settings()
