"""The OpenAPI document as a page reads it: operations with their fields, and every problem."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from licensing.protocol import problems

Schema = Mapping[str, Any]
_HEADER: Final = "Authorization: Bearer $TOKEN"


@dataclass(frozen=True)
class Field:
    """One field of a body or an answer; `name` is its path: `usage[].date`."""

    name: str
    kind: str
    is_required: bool
    note: SafeString


@dataclass(frozen=True)
class Operation:
    id: str
    method: str
    path: str
    summary: str
    text: SafeString
    token: str
    call: str
    fields: list[Field]
    answer: list[Field]
    statuses: list[int]
    codes: list[str]


@dataclass(frozen=True)
class ProblemKind:
    code: str
    status: int
    title: str
    todo: str


def of(document: Schema) -> dict[str, Any]:
    """The context of the page."""
    origin = document["servers"][0]["url"]
    return {
        "operations": [
            _operation(origin, path, method, said, document)
            for path, methods in document["paths"].items()
            for method, said in methods.items()
        ],
        "problems": [
            ProblemKind(code, kind.status, str(kind.title), str(kind.todo))
            for code, kind in problems.PROBLEM_TYPES.items()
        ],
        "problem_fields": list(_fields({"$ref": "#/components/schemas/Problem"}, document)),
        "tokens": [
            _prose(said["description"])
            for said in document["components"]["securitySchemes"].values()
        ],
        "header": _HEADER,
        "origin": origin,
    }


def _operation(origin: str, path: str, method: str, said: Schema, document: Schema) -> Operation:
    body = _json_of(said.get("requestBody", {}))
    good = {int(status): each for status, each in said["responses"].items() if status < "300"}
    scheme = next((name for each in said.get("security", ()) for name in each), "")
    schemes = document["components"]["securitySchemes"]
    return Operation(
        id=said["operationId"],
        method=method.upper(),
        path=path,
        summary=said["summary"],
        text=_prose(said.get("description", "")),
        token=schemes[scheme]["description"] if scheme else "",
        call=_call(origin + path, method, _example(body, document) if body else None),
        fields=list(_fields(body, document)) if body else [],
        answer=list(_fields(_json_of(next(iter(good.values()))), document)),
        statuses=sorted(good),
        codes=said.get("x-refusals", []),
    )


def _prose(text: str) -> SafeString:
    """Text with what stands between backticks as code."""
    parts = enumerate(text.split("`"))
    return format_html_join(
        "",
        "{}",
        ((format_html("<code>{}</code>", part) if odd % 2 else part,) for odd, part in parts),
    )


def _json_of(said: Schema) -> Schema:
    found: Schema = said.get("content", {}).get("application/json", {}).get("schema", {})
    return found


def _resolved(schema: Schema, document: Schema) -> Schema:
    """The schema behind references and behind "or null"."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return _resolved(document["components"]["schemas"][name], document)
    real = [each for each in schema.get("anyOf", ()) if each.get("type") != "null"]
    return {**_resolved(real[0], document), **schema} if len(real) == 1 else schema


def _fields(schema: Schema, document: Schema, before: str = "") -> Iterator[Field]:
    schema = _resolved(schema, document)
    required = schema.get("required", ())
    for name, said in schema.get("properties", {}).items():
        whole = _resolved(said, document)
        yield Field(
            name=before + name,
            kind=_kind(whole),
            is_required=name in required,
            note=_prose(whole.get("description", "") if "properties" not in whole else ""),
        )
        yield from _fields(whole, document, f"{before}{name}.")
        if "items" in whole:
            yield from _fields(whole["items"], document, f"{before}{name}[].")


def _kind(schema: Schema) -> str:
    """A type in words, with what bounds it."""
    if "const" in schema:
        return json.dumps(schema["const"])
    if "enum" in schema:
        return _(" or ").join(json.dumps(each) for each in schema["enum"])
    kind = _KINDS.get(schema.get("format") or schema.get("type", "object"), _("object"))
    bounds = [str(text) % schema for key, text in _BOUNDS.items() if key in schema]
    return ", ".join([str(kind), *bounds])


_KINDS: Final = {
    "string": gettext_lazy("text"),
    "integer": gettext_lazy("whole number"),
    "array": gettext_lazy("list"),
    "date": gettext_lazy("day"),
    "date-time": gettext_lazy("moment"),
    "uuid": gettext_lazy("UUID"),
}
_BOUNDS: Final = {
    "maxLength": gettext_lazy("at most %(maxLength)s characters"),
    "maximum": gettext_lazy("at most %(maximum)s"),
    "maxItems": gettext_lazy("at most %(maxItems)s entries"),
}


def _example(schema: Schema, document: Schema) -> Any:
    """A body that shows the fields which are needed, and those with an example."""
    schema = _resolved(schema, document)
    if "examples" in schema:
        return schema["examples"][0]
    if "properties" in schema:
        return {
            name: _example(said, document)
            for name, said in schema["properties"].items()
            if name in schema.get("required", ()) or "items" in said or "examples" in said
        }
    if "items" in schema:
        return [_example(schema["items"], document)]
    return schema.get("enum", [_SAMPLES.get(schema.get("format", ""), "…")])[0]


_SAMPLES: Final = {"date": "2026-11-24"}


def _call(url: str, method: str, body: Any) -> str:
    lines = ["curl" if method == "get" else f"curl -X {method.upper()}"]
    lines.append(f'-H "{_HEADER}"')
    if body is not None:
        lines += ['-H "Content-Type: application/json"', f"-d '{json.dumps(body, indent=2)}'"]
    return " \\\n  ".join([*lines, url])
