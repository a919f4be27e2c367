"""Ends a process that must not start, in sentences and without a traceback."""

from __future__ import annotations

from django.core import checks


class CannotStart(SystemExit):
    """The settings can't be used. Whatever process reads them says why, and exits with code 1."""

    def __init__(self, *reasons: str) -> None:
        super().__init__("\n".join(f"The portal doesn't start. {reason}" for reason in reasons))


def refuse_unsafe_settings() -> None:
    """Raise CannotStart for what `manage.py check` calls an error.

    Django asks only in its own commands: web server, worker and scheduler ask here.
    """
    errors = [found for found in checks.run_checks() if found.level >= checks.ERROR]
    if errors:
        raise CannotStart(*(str(found.msg) for found in errors))
