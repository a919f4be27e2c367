"""What granian serves."""

from __future__ import annotations

from onboarding.web.application import Application
from onboarding.wsgi import application as django

application = Application(django)
