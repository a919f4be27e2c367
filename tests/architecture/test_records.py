"""The staff's record pages tell what they show, and answer no question about anything else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import pytest
from django.contrib import admin
from django.core.exceptions import SuspiciousOperation
from django.db import connection, models
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.web.records import ReadOnly
from tests import factories
from tests.architecture import two_companies as worlds
from tests.architecture.two_companies import TwoCompanies

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]

LOOKUPS: Final = ("", "__exact", "__startswith", "__gt", "__in", "__isnull", "__regex", "__len")
# Columns that no page may show, whatever table they stand in.
SECRET: Final = re.compile(
    r"password|secret|seed|digest$|code|token|hint|^(text|html|data|document)$"
)
HARMLESS: Final = {"purchaseimport.file_digest"}  # of a file that staff uploaded
REFERENCE: Final = re.compile(rb"\b\w{3}-\w{4}\b")
PAGES: Final = sorted(
    (page for page in admin.site._registry.values() if isinstance(page, ReadOnly)),
    key=lambda page: str(page.opts.label),
)
RECORDS: Final = [pytest.param(page, id=page.opts.model_name) for page in PAGES]


ODD: Final = [
    {"o": "99"},
    {"o": "a.-b.."},
    {"o": "-1.1.1"},
    {"p": "-1"},
    {"p": "9" * 30},
    {"p": "x"},
    {"q": "'\"%_\\"},
    {"q": "a " * 300},
    {"all": ""},
    {"_facets": "True"},
    {"_popup": "1"},
    {"_to_field": "id"},
    {"_to_field": "code"},
    {"_to_field": "password"},
    {"e": "1", "password__startswith": "a"},
    {"e": "1"},
    {"": "x"},
    {"__": "x"},
    {"pk": "1"},
    {"status__exact__startswith": "q"},
    {"disowned__exact": "perhaps"},
]


@pytest.fixture
def world(now: datetime) -> TwoCompanies:
    return worlds.make(now)


@pytest.fixture
def tess(world: TwoCompanies) -> Client:
    """The browser of vendor staff with two-step sign-in."""
    return world.browser("staff2")


def columns(model: Any, hops: int = 2) -> Iterator[str]:
    """Every path that a lookup can take from `model`, over `hops` relations, either way."""
    for field in model._meta.get_fields():
        name = getattr(field, "related_query_name", None) if field.auto_created else None
        path = name() if callable(name) and field.is_relation else field.name
        yield path
        if field.is_relation and field.related_model and hops:
            for rest in columns(field.related_model, hops - 1):
                yield f"{path}__{rest}"


def address(page: ReadOnly, kind: str, *ids: object) -> str:
    name = f"admin:{page.opts.app_label}_{page.opts.model_name}_{kind}"
    return reverse(name, args=[str(each) for each in ids])


def first_row(page: ReadOnly) -> Any:
    return page.model._default_manager.order_by("pk").first()


def flat(page: ReadOnly) -> list[str]:
    """The names of the columns that its pages show."""
    return [*map(str, page.fields or ()), *map(str, page.list_display)]


def offered(page: ReadOnly) -> set[str]:
    return {f"{name}{how}" for name in page.list_filter for how in ("", "__exact")}


def test_all_tables_have_pages_of_one_kind() -> None:
    for model, page in admin.site._registry.items():
        assert isinstance(page, ReadOnly), model
        assert page.fields, f"{model}: name what its page shows"
        assert not page.date_hierarchy, model
        assert not page.exclude, f"{model}: say what is shown, not what isn't"


@pytest.mark.parametrize("page", RECORDS)
def test_a_page_names_no_column_that_is_secret(page: ReadOnly) -> None:
    named = {*flat(page), *map(str, page.list_filter), *page.search_fields}
    for field in page.model._meta.ordering:
        named.add(str(field).lstrip("-"))
    of_this = {name for name in named if SECRET.search(name.rpartition("__")[2])}

    assert {f"{page.opts.model_name}.{name}" for name in of_this} <= HARMLESS


@pytest.mark.parametrize("page", RECORDS)
def test_no_column_within_two_relations_can_be_asked_about(page: ReadOnly) -> None:
    """Refused before any query, so that neither the rows found, their order nor the time tell."""
    request = RequestFactory().get("/")
    request.user = factories.person("sam@portal.example", "Sam Staff")
    asked = 0
    with CaptureQueriesContext(connection) as queries:
        for path in columns(page.model):
            for lookup in LOOKUPS:
                if path + lookup in offered(page):
                    continue
                request.GET = RequestFactory().get("/", {path + lookup: "a"}).GET
                with pytest.raises(SuspiciousOperation):
                    page.get_changelist_instance(request)
                asked += 1

    assert asked > len(LOOKUPS) * len(flat(page))
    assert len(queries) == 0


def test_an_answer_is_the_same_for_right_and_wrong_guesses(tess: Client) -> None:
    for page in PAGES:
        row = first_row(page)
        shown = flat(page)
        for field in row._meta.concrete_fields:
            if field.name in shown:
                continue
            guesses = (str(getattr(row, field.attname))[:1] or "x", "~~~")
            asked = f"{field.name}__startswith"
            answers = [tess.get(address(page, "changelist"), {asked: each}) for each in guesses]
            assert [answer.status_code for answer in answers] == [400, 400], field
            assert len({REFERENCE.sub(b"", answer.content) for answer in answers}) == 1, field


def test_what_a_page_offers_works(tess: Client) -> None:
    for page in PAGES:
        here = address(page, "changelist")
        for number in range(len(page.list_display) + 1):
            assert tess.get(here, {"o": f"-{number}"} if number else {}).status_code == 200
        for link in re.findall(
            rb'<li[^>]*>\s*<a href="(\?[^"]+__exact=[^"]+)"', tess.get(here).content
        ):
            assert tess.get(here + link.decode()).status_code == 200


def test_odd_addresses_are_answered_cleanly(tess: Client) -> None:
    for page in PAGES:
        row = first_row(page)
        detail = address(page, "change", row.pk)
        for query in ODD:
            assert tess.get(address(page, "changelist"), query).status_code in (200, 302, 400), (
                query
            )
        for query in ({"_to_field": "code"}, {"_popup": "1"}, {"_changelist_filters": "code=a"}):
            assert tess.get(detail, query).status_code in (200, 400), query
        for made_up in ("9" * 30, "-1", "x", "_3F"):
            assert tess.get(address(page, "change", made_up)).status_code == 302


def test_a_page_shows_no_secret_of_its_row(tess: Client) -> None:
    """Each text column that isn't named is filled with a mark; no page says one."""
    for page in PAGES:
        row = first_row(page)
        hidden = [
            field
            for field in row._meta.concrete_fields
            if isinstance(field, models.CharField | models.TextField)
            and not isinstance(field, models.EmailField)
            and field.name not in flat(page)
            and not field.generated
        ]
        marks: dict[str, Any] = {
            field.name: f"MARK-{number}" for number, field in enumerate(hidden)
        }
        if "suspension_reason" in marks:
            marks["suspended_at"] = timezone.now()  # neither without the other
        if marks:
            page.model._default_manager.filter(pk=row.pk).update(**marks)
        for here in (
            address(page, "changelist"),
            address(page, "change", row.pk),
            address(page, "history", row.pk),
        ):
            assert "MARK-" not in tess.get(here).content.decode(), here


def test_nothing_is_completed_for_anybody(tess: Client) -> None:
    asked = {"app_label": "licensing", "model_name": "key", "field_name": "license", "term": "a"}

    assert tess.get("/admin/autocomplete/", asked).status_code == 404
