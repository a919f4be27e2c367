from __future__ import annotations

from django.apps import AppConfig


class LicensingConfig(AppConfig):
    name = "licensing"

    def ready(self) -> None:
        from licensing import (  # noqa: F401  (each declares or connects itself)
            events,
            limits,
            permissions,
            receivers,
            security_events,
        )
