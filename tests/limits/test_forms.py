"""Text that nobody types: every form refuses it in words, and nothing is half-done."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

import pytest
from django.test import Client

from tests.limits.forms import doors
from tests.limits.sample_portal import FORM, SamplePortal, rows

MEGABYTE: Final = 1_000_000
# The form again, or a page with a message; 404 for an account that nobody has.
REFUSED: Final = (200, 302, 404)
# Fields that may hold lines and any character: shown isolated, and made safe where it is mailed.
FREE: Final = {
    "message",
    "reason",
    "reference",
    "came_from",
    "password1",
    "password",
    "oldpassword",
}
# What the portal itself puts into a form: it is dropped, and the form counts.
DROPPED: Final = {"reference", "came_from"}


def test_every_door_opens_for_good_input(portal: SamplePortal) -> None:
    """Otherwise the refusals below would prove nothing."""
    before = rows()
    for door in doors(portal):
        with portal.undone():
            response = portal.submit(door, door.good)
            after = rows()

        assert response.status_code == door.answer, (door.name, response.content.decode()[-3000:])
        assert (after != before) == door.changes, door.name


@pytest.mark.parametrize("size", [MEGABYTE, MEGABYTE - 2000], ids=["over", "just under"])
def test_a_megabyte_in_any_field_is_refused(portal: SamplePortal, size: int) -> None:
    before = rows()
    for door in doors(portal):
        for name, fields in door.spoiled("x" * size):
            response = portal.submit(door, fields)

            where = f"{door.name}.{name}"
            if size == MEGABYTE:
                assert response.status_code == 400, where
                assert b"<h1" in response.content, where
            elif name not in DROPPED:
                assert response.status_code in REFUSED, where
            assert len(response.content) < MEGABYTE / 2, f"{where} is sent back whole"
        assert rows() == before, door.name


@pytest.mark.parametrize(
    "poison",
    ["\x00", "a\x00b", "\x1b[2J", "a\u202eb", "a\u2066b", "a\u200bb", "a\u2028b", "\ufeff", "\x7f"],
    ids=ascii,
)
def test_control_and_direction_characters_are_refused(portal: SamplePortal, poison: str) -> None:
    before = rows()
    for door in doors(portal):
        for name, fields in door.spoiled(poison):
            if name in FREE and "\x00" not in poison:
                continue
            response = portal.submit(door, fields)

            assert response.status_code in REFUSED, f"{door.name}.{name}"
        assert rows() == before, door.name


def test_a_megabyte_without_the_forms_token_is_refused(db: None) -> None:
    strict = Client(enforce_csrf_checks=True)

    response = strict.post("/support/", b"message=" + b"x" * MEGABYTE, content_type=FORM)

    assert response.status_code in (400, 403)
    assert b"<h1" in response.content


def test_what_is_no_utf8_is_kept_nowhere(portal: SamplePortal) -> None:
    before = rows()
    for door in doors(portal):
        for name in set(door.texts) - DROPPED:
            rest = urlencode({each: text for each, text in door.good.items() if each != name})
            with portal.undone():
                answer = portal.send(door, f"{rest}&{name}=a%c3%28b")

                assert answer.status_code in REFUSED, f"{door.name}.{name}"
                assert rows() == before, f"{door.name}.{name}"
