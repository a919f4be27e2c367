"""Queries for the guide's tests."""

from django.http import QueryDict


def query(text: str) -> dict[str, list[str]]:
    """`a=1&a=2` as the guide reads it."""
    return dict(QueryDict(text).lists())
