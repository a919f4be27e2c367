"""Stores messages for the next page: in the session when signed in, else in a cookie."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.messages.storage.base import BaseStorage
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage
from django.http.response import HttpResponseBase


class _SignedCookie(CookieStorage):
    cookie_name = property(lambda _: settings.MESSAGES_COOKIE_NAME)


class MessageStorage(FallbackStorage):
    """Showing a message to an anonymous visitor starts no session."""

    _used_storages: set[BaseStorage]
    storage_classes = (_SignedCookie, SessionStorage)

    def _get(self, *args: Any, **kwargs: Any) -> tuple[list[Any], bool]:
        found = []
        for storage in self.storages:
            waiting = storage._get()[0]  # noqa: SLF001 (as the class above it does)
            if waiting:
                self._used_storages.add(storage)
                found.extend(waiting)
        return found, True

    def _store(
        self, messages: list[Any], response: HttpResponseBase, *args: Any, **kwargs: Any
    ) -> list[Any]:
        cookie, session = self.storages
        home = session if self.request.user.is_authenticated else cookie
        for storage in self.storages:
            if storage is home and messages:
                storage._store(messages, response)  # noqa: SLF001
            elif storage in self._used_storages:
                storage._store([], response)  # noqa: SLF001
        return []
