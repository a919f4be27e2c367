"""What granian serves."""

from __future__ import annotations

# First: it sets Django up, and the application reads its settings.
from onboarding.wsgi import application as django  # isort: skip

from onboarding.web.application import Application

application = Application(django)
