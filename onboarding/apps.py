from __future__ import annotations

from django.apps import AppConfig
from django.core.signals import got_request_exception


class OnboardingConfig(AppConfig):
    name = "onboarding"

    def ready(self) -> None:
        from onboarding import limits  # noqa: F401  (declares itself)
        from onboarding.site import checks  # noqa: F401  (registers itself)
        from onboarding.site.logs import note_exception

        got_request_exception.connect(note_exception)
