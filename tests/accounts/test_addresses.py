"""Addresses on pages are made once: what is kept, and what must not be."""

from __future__ import annotations

import pytest
from django.template import Context, Template
from django.test import override_settings
from django.urls import NoReverseMatch, path, reverse, set_script_prefix
from django.views.generic import View

from accounts.templatetags import addresses

urlpatterns = [path("elsewhere/<slug:slug>/", View.as_view(), name="member_list")]


def drawn(page: str, **context: object) -> str:
    return Template(page).render(Context(context))


def kept() -> int:
    return addresses._address.cache_info().currsize


def test_each_company_has_its_own_address() -> None:
    page = "{% url 'member_list' slug=slug %}"

    found = [drawn(page, slug=slug) for slug in ("acme", "globex", "acme")]

    assert found == [reverse("member_list", kwargs={"slug": s}) for s in ("acme", "globex", "acme")]


def test_an_address_with_a_token_is_never_kept() -> None:
    addresses._address.cache_clear()
    token = "an-invitation-token-that-is-long-enough-to-be-one"

    found = drawn("{% url 'invitation' token=token %}", token=token)

    assert token in found
    assert kept() == 0


def test_the_address_follows_the_patterns_in_use() -> None:
    page = "{% url 'member_list' slug='acme' %}"
    usual = drawn(page)

    with override_settings(ROOT_URLCONF=__name__):
        elsewhere = drawn(page)

    assert elsewhere == "/elsewhere/acme/"
    assert drawn(page) == usual


def test_the_address_follows_the_prefix_of_the_server() -> None:
    page = "{% url 'member_list' slug='acme' %}"
    usual = drawn(page)

    set_script_prefix("/portal/")
    try:
        prefixed = drawn(page)
    finally:
        set_script_prefix("/")

    assert prefixed == f"/portal{usual}"


def test_a_name_that_nothing_has_is_refused_each_time() -> None:
    for _time in range(2):
        with pytest.raises(NoReverseMatch):
            drawn("{% url 'no_such_page' slug='acme' %}")
