"""A cache that survives Redis: while Redis is away, the database holds the counters."""

from __future__ import annotations

import json
import time
from typing import Any, Final

import structlog
from django.core.cache import caches
from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.redis import RedisCache

log = structlog.get_logger(__name__)
_AWAY_FOR: Final = 15.0  # seconds on the fallback before Redis is asked again


def _failures() -> tuple[type[Exception], ...]:
    """What Redis raises. Imported late: its client takes as much memory as half of Django."""
    from redis.exceptions import RedisError

    return RedisError, OSError


class JSONSerializer:
    """JSON instead of pickle: an attacker with access to Redis must not run code here."""

    def dumps(self, value: Any) -> bytes | int:
        # Redis counts on plain integers (INCR).
        return value if type(value) is int else json.dumps(value).encode()

    def loads(self, data: bytes) -> Any:
        return json.loads(data)


class ResilientCache(BaseCache):
    """Redis, and on its failure the cache named by OPTIONS["fallback"]; never an error."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        options = {"socket_connect_timeout": 0.3, "socket_timeout": 1}
        self._fallback: str = params["OPTIONS"]["fallback"]
        self._redis = RedisCache(
            server,
            {**params, "OPTIONS": {**options, "serializer": f"{__name__}.JSONSerializer"}},
        )
        self._away_until = 0.0

    def _call(self, method: str, *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() >= self._away_until:
            try:
                return getattr(self._redis, method)(*args, **kwargs)
            except _failures() as error:
                self._away_until = time.monotonic() + _AWAY_FOR
                log.warning("redis_away", error=type(error).__name__)
        return getattr(caches[self._fallback], method)(*args, **kwargs)

    def add(
        self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        return bool(self._call("add", key, value, timeout, version))

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return self._call("get", key, default, version)

    def set(
        self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> None:
        self._call("set", key, value, timeout, version)

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return bool(self._call("touch", key, timeout, version))

    def delete(self, key: str, version: int | None = None) -> bool:
        return bool(self._call("delete", key, version))

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        return int(self._call("incr", key, delta, version))

    def clear(self) -> None:
        self._call("clear")
