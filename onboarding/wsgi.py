"""What the web server serves."""

from __future__ import annotations

import os

import django

from onboarding.site.handler import Handler
from onboarding.site.startup import refuse_unsafe_settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onboarding.settings")
django.setup(set_prefix=False)
application = Handler()
refuse_unsafe_settings()
