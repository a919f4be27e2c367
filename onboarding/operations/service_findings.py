"""What an operator can get wrong about everything beside the database."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core import checks
from django.core.mail import EmailMessage
from django.db import DatabaseError

from onboarding.operations.findings import Finding, error, good, warning
from onboarding.operations.models import ScheduleRun

_LEAST_DISK: Final = 200 * 1024**2
_LITTLE_DISK: Final = 1024**3
_LATE_AFTER: Final = timedelta(minutes=5)


def about_settings() -> Iterator[Finding]:
    """What the system checks say: secrets, origin, keys."""
    wrong = [found for found in checks.run_checks() if found.level >= checks.ERROR]
    yield from (error(str(found.msg)) for found in wrong)
    if not wrong:
        yield good("The settings fit together.")


def about_keys() -> Finding:
    """Whether anybody else on the machine can read what signs licenses."""
    path: Path | None = settings.PORTAL_LICENSE_KEY_FILE
    if path is None:
        return warning(
            "The license keys stand in the environment (PORTAL_LICENSE_KEY): commands can't rotate "
            "them. Put them into a file and set PORTAL_LICENSE_KEY_FILE."
        )
    if not path.exists():
        return error(f"{path} isn't there: restore it, or set PORTAL_LICENSE_KEY_FILE.")
    if stat.S_IMODE(path.stat().st_mode) & stat.S_IRWXO:
        return error(f"Everybody on this machine may read {path}: run `chmod o= {path}`.")
    return good("The license keys are for their owner only.")


def about_redis() -> Finding:
    if not settings.REDIS_URL:
        if settings.PORTAL_EMBEDDED:
            return good("Embedded: database and files stand in for Redis.")
        return warning("REDIS_URL isn't set: the queue is in files, which serve one machine only.")
    from redis import Redis
    from redis.exceptions import RedisError

    try:
        server = Redis.from_url(settings.REDIS_URL, socket_connect_timeout=3, socket_timeout=3)
        server.ping()
    except (RedisError, OSError, ValueError) as failure:
        return error(f"Redis can't be reached ({type(failure).__name__}). Check REDIS_URL.")
    try:
        return _about_policy(server.config_get("maxmemory-policy"))
    except RedisError:
        return warning(
            "Redis answers, but doesn't tell its maxmemory-policy: it must be noeviction."
        )


def _about_policy(said: Any) -> Finding:
    policy = said.get("maxmemory-policy", "")
    if policy != "noeviction":
        return error(
            f"Redis forgets entries when it is full (maxmemory-policy {policy}), limits among "
            "them: set noeviction."
        )
    return good("Redis answers, and forgets nothing early.")


def about_mail(*, to: str) -> Finding:
    """Hands a real message over, past the outbox."""
    if not to:
        return warning("Mail wasn't tried: `--mail-to ADDRESS` sends a message there.")
    message = EmailMessage(
        subject=f"{settings.PORTAL_BRAND}: mail works",
        body=f"The portal at {settings.PORTAL_ORIGIN} can send mail.",
        to=[to],
    )
    try:
        message.send()
    except Exception as failure:  # SMTP, sockets and every provider's own
        return error(
            f"The message to {to} wasn't accepted ({type(failure).__name__}: {failure}). "
            "Check EMAIL_URL, or EMAIL_BACKEND and its ANYMAIL_… settings, and DEFAULT_FROM_EMAIL."
        )
    return good(f"The message to {to} was accepted: look whether it arrived, and not as spam.")


def about_proxies() -> Finding:
    if not settings.PORTAL_EMBEDDED and not settings.PORTAL_TRUSTED_PROXIES:
        return error(
            "PORTAL_TRUSTED_PROXIES is 0: behind a proxy everybody shares one limit, and every "
            "page redirects to itself. Set it to the number of proxies in front."
        )
    return good(f"{settings.PORTAL_TRUSTED_PROXIES} proxies are trusted.")


def about_disk() -> Finding:
    folder = settings.PORTAL_DATA_DIR
    disk = os.statvfs(folder)
    free = disk.f_bavail * disk.f_frsize
    said = f"{free // 1024**2:,} MB are free at {folder}"
    if free < _LEAST_DISK:
        return error(f"{said}: uploads, and here perhaps the database, fail. Make room.")
    if free < _LITTLE_DISK:
        return warning(f"{said}: make room soon.")
    return good(f"{said}.")


def about_schedule(*, now: datetime) -> Finding:
    try:
        last = ScheduleRun.objects.filter(id=ScheduleRun.KEY).first()
    except DatabaseError:
        return error("Whether the schedule runs stands in the database, which didn't tell.")
    if last is None:
        return error("The schedule never ran: start one scheduler (beat) and a worker.")
    ago = now - last.ran_at
    if ago > _LATE_AFTER:
        return error(
            f"The schedule last ran {ago.total_seconds() // 60:.0f} minutes ago: "
            "scheduler (beat), Redis or every worker is down. Mail waits meanwhile."
        )
    return good("The schedule runs.")
