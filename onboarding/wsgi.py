"""What the web server serves."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from onboarding.startup import refuse_unsafe_settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onboarding.settings")
application = get_wsgi_application()
refuse_unsafe_settings()
