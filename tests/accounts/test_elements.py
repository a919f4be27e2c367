"""Elements are allauth's, drawn by our own tags (`accounts/templatetags/elements.py`)."""

from __future__ import annotations

import pytest
from django.template import Context, Template, TemplateSyntaxError


def drawn(page: str, **context: object) -> str:
    """What the page becomes; files of elements end with a line break, which says nothing."""
    return Template("{% load allauth %}" + page).render(Context(context)).replace("\n", "")


def test_an_element_is_drawn_around_what_it_is_given() -> None:
    page = '{% element status kind="good" %}Active for {{ name }}{% endelement %}'

    found = drawn(page, name="<b>Acme</b>")

    assert found.startswith('<span class="status is-good"><svg class="icon" aria-hidden="true"')
    assert found.endswith("</svg>Active for &lt;b&gt;Acme&lt;/b&gt;</span>")


def test_each_slot_comes_out_at_its_place() -> None:
    page = (
        "{% element section %}Rows{% slot title %}Members{% endslot %}"
        '{% slot actions %}{% element button href="/invite/" %}Invite{% endelement %}{% endslot %}'
        "{% endelement %}"
    )

    assert drawn(page) == (
        '<section class="section"><div class="section-head"><h2>Members</h2><div class="actions">'
        '<a href="/invite/" class="button">Invite</a></div></div>Rows</section>'
    )


def test_a_slot_that_nobody_fills_leaves_nothing() -> None:
    assert drawn("{% element section %}Rows{% endelement %}") == (
        '<section class="section">Rows</section>'
    )


def test_a_slot_may_depend_on_the_page() -> None:
    title = "{% if named %}{% slot title %}A{% endslot %}{% endif %}"
    page = "{% element section %}" + title + "{% endelement %}"

    assert "<h2>A</h2>" in drawn(page, named=True)
    assert "<h2>" not in drawn(page, named=False)


def test_names_within_an_element_stay_there() -> None:
    """An element's own names are gone behind it, and none of an outer one is left inside."""
    page = (
        '{% element card id="a" %}{% element definition term="T" %}D{% endelement %}'
        "{% endelement %}{{ attrs.id }}"
    )

    assert drawn(page) == (
        '<section class="card" id="a"><div class="stack">'
        '<div class="definition"><dt>T</dt><dd>D</dd></div></div></section>'
    )


def test_the_same_place_is_drawn_anew_each_time() -> None:
    page = Template(
        "{% load allauth %}{% for kind in kinds %}"
        "{% element status kind=kind %}{{ kind }}{% endelement %}{% endfor %}"
    )

    assert page.render(Context({"kinds": ["good", "bad"]})).count("is-good") == 1
    assert page.render(Context({"kinds": ["bad", "bad"]})).count("is-good") == 0


def test_a_variable_holds_what_stands_in_between() -> None:
    page = "{% setvar who %} <b>{{ name }}</b> {% endsetvar %}[{{ who }}]"

    assert drawn(page, name="A & B") == "[<b>A &amp; B</b>]"


@pytest.mark.parametrize(
    "wrong",
    [
        "{% element %}{% endelement %}",
        "{% element kind='good' %}{% endelement %}",
        "{% element status good %}{% endelement %}",
        "{% setvar %}{% endsetvar %}",
    ],
)
def test_a_tag_that_is_written_wrong_is_refused(wrong: str) -> None:
    with pytest.raises(TemplateSyntaxError):
        drawn(wrong)
