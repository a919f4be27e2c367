"""The base of the staff's record pages: what they show, and what may be asked of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.contrib import admin
from django.contrib.admin import ShowFacets
from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest
from django.utils.functional import cached_property

MAX_LISTED: Final = 10_000


class FirstRows(Paginator):  # type: ignore[type-arg]
    """Pages of the first ten thousand rows: nobody reads so far, and to count a table reads it."""

    @cached_property
    def count(self) -> int:
        rows: models.QuerySet[Any] = self.object_list  # type: ignore[assignment]  # the admin's
        return rows[:MAX_LISTED].count()


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    """A table's record pages: they show what `fields` and `list_display` name, and nothing else.

    Nothing can be asked about a column that isn't shown: the address filters by what `list_filter`
    offers, orders by the list's columns, and everything else in it is refused (400).
    """

    list_per_page = 50
    paginator = FirstRows
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    view_on_site: bool | Callable[..., str] = False

    def get_fields(self, request: HttpRequest, obj: models.Model | None = None) -> tuple[Any, ...]:
        """What is written down. Django's default is every column, also one made tomorrow."""
        return tuple(self.fields or ())

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Only the filters on the page: Django's default lets any column of the table be guessed
        at, letter by letter (`?password__startswith=`).
        """
        return lookup.removesuffix("__exact") in self.list_filter

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> models.Model | None:
        """The row; None for an id that no row can have, also one too large for SQLite."""
        try:
            return super().get_object(request, object_id, from_field)
        except OverflowError:
            return None

    def to_field_allowed(self, request: HttpRequest, to_field: str) -> bool:
        """Rows are named by their id alone."""
        return to_field == self.opts.pk.name

    def has_module_permission(self, request: HttpRequest) -> bool:
        return True

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Whoever came through the door of the site may look; nobody needs to be a superuser."""
        return True

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False
