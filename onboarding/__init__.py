"""The site and its top app: configuration, the guide, the overview."""

# Loaded with the package, so that tasks rung from the web go to this app and no other.
from onboarding.celery import app as celery_app

__all__ = ["celery_app"]
