"""Django's database sessions with fewer statements at each sign-in, and a short life for anonymous
ones."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import VALID_KEY_CHARS, CreateError, UpdateError
from django.db import IntegrityError
from django.utils.crypto import get_random_string

# Longer than a code by mail and what it proves.
ANONYMOUS_KEPT_FOR: Final = timedelta(hours=2)


class SessionStore(db.SessionStore):
    """A new key is not looked for first (32 random letters are nobody's, and the INSERT would say
    so), and a session that changes its key is written once: at the end of the request."""

    _is_new = False

    def _validate_session_key(self, key: str | None) -> bool:
        """Only a key that we could have made is looked for: a database refuses NUL, say."""
        return bool(key) and len(key or "") >= 8 and set(key or "") <= set(VALID_KEY_CHARS)

    _has_replaced = False

    @property
    def is_anonymous(self) -> bool:
        return SESSION_KEY not in self

    @property
    def adds_a_row(self) -> bool:
        """True when saving it keeps one row more: none of this browser's gives way to it."""
        return (self.session_key is None or self._is_new) and not self._has_replaced

    def get_session_cookie_age(self) -> int:
        """Seconds that a session lives after it was last written, unless it says otherwise."""
        if self.is_anonymous:
            return int(ANONYMOUS_KEPT_FOR.total_seconds())
        return int(settings.SESSION_COOKIE_AGE)

    def cycle_key(self) -> None:
        """Go on under a new key; the old one is worth nothing from now on."""
        before = None if self._is_new else self.session_key  # a new one was never written
        self._held()  # is kept
        self._session_key = self._get_new_session_key()
        self._is_new = self.modified = True
        if before:
            self._has_replaced = True
            self.delete(before)

    def save(self, must_create: bool = False) -> None:
        """Write by one statement, which needs no transaction around it. Raises CreateError,
        UpdateError when the session has been deleted, and what a database that is away raises."""
        if self.session_key is None:
            self.create()
            return
        row = self.create_model_instance(self._held(no_load=must_create))
        if must_create or self._is_new:
            try:
                row.save(force_insert=True)
            except IntegrityError as error:
                raise CreateError from error
            self._is_new = False
            return
        facts = {"session_data": row.session_data, "expire_date": row.expire_date}
        if not self.model.objects.filter(session_key=row.session_key).update(**facts):
            raise UpdateError

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key:
            self.model.objects.filter(session_key=key).delete()

    def _held(self, *, no_load: bool = False) -> dict[str, Any]:
        held: dict[str, Any] = self._get_session(no_load=no_load)  # type: ignore[attr-defined]
        return held

    def _get_new_session_key(self) -> str:
        return get_random_string(32, VALID_KEY_CHARS)
