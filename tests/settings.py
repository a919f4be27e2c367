"""The portal's settings as the tests run them: its own, with a quick password hash."""

# ruff: noqa: F403, F405 — the environment has to stand before the settings read it

from __future__ import annotations

import os
from datetime import UTC, datetime

from licensing.documents.signing_keys import first_key_set
from tests import services

if "PYTEST_XDIST_WORKER" not in os.environ:
    services.provide()
    os.environ["PORTAL_DATA_DIR"] = str(services.scratch())
    os.environ["PORTAL_LICENSE_KEY"] = first_key_set(now=datetime.now(UTC))
    os.environ["PORTAL_LICENSE_KEY_FILE"] = ""
# Everything a `.env` in the checkout could say; what stands here wins over that file.
os.environ |= {
    "PORTAL_ORIGIN": "http://testserver",
    "PORTAL_BRAND": "Northbeam",
    "PORTAL_PRODUCT": "Remote Application Server",
    "PORTAL_SUPPORT_EMAIL": "support@portal.example",
    "PORTAL_SUPPORT_URL": "https://support.example/ras/",
    "PORTAL_TRADEMARK": "",
    "PORTAL_LISTEN": "127.0.0.1",
    "PORTAL_TRUSTED_PROXIES": "0",
    "PORTAL_WEBHOOK_SECRET": "",
    "PORTAL_VENDOR_TOKEN": "tests-only-vendor-token-0123456789-abcdefghijklmnop",
    "SECRET_KEY": "tests-only-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOP",
    "SECRET_KEY_FALLBACKS": "",
    "PORTAL_SEED_KEYS": "tests-only-mB6xQ1wZs8VnTr3KyLd5HgJf9PaCu2Ei",
    "DATABASE_POOL_SIZE": "24",  # tests of what happens at once need that many at once
    "DEBUG": "",
    "EMAIL_URL": "",
    "LOG_LEVEL": "WARNING",
    "PORT": "8000",
}

from onboarding.settings import *

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
PORTAL_HASHES_AT_ONCE = 64  # tests of what happens at once sign in that many; tests/gates.py
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
WHITENOISE_USE_FINDERS = True
# Found when asked for: reading 200 files for each test client took 20 ms of every test.
WHITENOISE_AUTOREFRESH = True
# Nobody consumes: tasks are rung and their work is called. Tests of the bell start a worker.
CELERY_BROKER_URL = "memory://"
CELERY_BROKER_TRANSPORT = "memory"
CELERY_BROKER_TRANSPORT_OPTIONS = {}

if services.EMBEDDED:
    # A file, not SQLite's memory: threads and WAL behave as they do in the embedded portal.
    # `python -m mutants` names one that is migrated already.
    _name = os.environ.get("PORTAL_TEST_SQLITE") or str(PORTAL_DATA_DIR / "test.sqlite3")
    DATABASES["default"]["TEST"] = {"NAME": _name}
else:
    # Each worker of xdist has a database of its own; the same for Redis, where limits are kept.
    _worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    CACHES["default"]["LOCATION"] = f"{REDIS_URL.rsplit('/', 1)[0]}/{_worker + 1}"
    # A machine full of tests opens connections late; tests of outages say how long they wait.
    DATABASES["default"]["OPTIONS"]["pool"]["timeout"] = 30.0
