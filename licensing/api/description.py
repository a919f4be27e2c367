"""The OpenAPI document: the framework's, with our refusals said where they can happen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from licensing.api.schemas import ProblemOut
from licensing.protocol import problems

_MARK: Final = "x-refusals"
_ALWAYS: Final = (
    "bad_request",
    "token_missing",
    "token_invalid",
    "limit_reached",
    "server_error",
    "unavailable",
)
_WITH_BODY: Final = ("body_unreadable", "body_too_large", "not_json", "fields_invalid")
_HEADERS: Final = {
    401: {"WWW-Authenticate": "How to prove oneself: a bearer token"},
    429: {"Retry-After": "Seconds to wait"},
    503: {"Retry-After": "Seconds to wait"},
}


def may_refuse(*codes: str, body: bool = False) -> dict[str, Any]:
    """For `openapi_extra`: the problems of an operation, beside those that any may have."""
    return {_MARK: [*_ALWAYS, *(_WITH_BODY if body else ()), *codes]}


def completed(document: Mapping[str, Any]) -> dict[str, Any]:
    """`document` with every operation's problems as responses."""
    done = dict(document)
    schema = ProblemOut.model_json_schema(ref_template="#/components/schemas/{model}")
    parts = done["components"]["schemas"]
    parts |= schema.pop("$defs", {}) | {"Problem": schema}
    for operation in operations(done):
        responses = {str(status): said for status, said in operation["responses"].items()}
        by_status: dict[int, list[str]] = {}
        for code in operation.get(_MARK, ()):
            by_status.setdefault(problems.kind_of(code).status, []).append(code)
        for status, codes in sorted(by_status.items()):
            responses[str(status)] = _response(status, codes)
        operation["responses"] = responses
    return done


def operations(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for methods in document["paths"].values():
        yield from methods.values()


def _response(status: int, codes: list[str]) -> dict[str, Any]:
    said: dict[str, Any] = {
        "description": ", ".join(f"`{code}`" for code in codes),
        "content": {problems.CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if status in _HEADERS:
        said["headers"] = {
            name: {"description": text, "schema": {"type": "string"}, "required": True}
            for name, text in _HEADERS[status].items()
        }
    return said
