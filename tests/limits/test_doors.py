"""Text that nobody types: every form refuses it in words, and nothing is half-done."""

from __future__ import annotations

from typing import Final

import pytest
from django.db import transaction
from django.test import Client

from tests.limits.house import FORM, House, rows

MEGABYTE: Final = 1_000_000
# Fields that may hold lines and any character: shown isolated, and made safe where it is mailed.
FREE: Final = {"message", "reference", "came_from", "password1", "password", "oldpassword"}


def test_every_door_opens_for_good_input(house: House) -> None:
    """Otherwise the refusals below would prove nothing."""
    for door in house.doors():
        before = rows()

        with transaction.atomic():  # what one door does must not close the next
            response = house.knock(door, door.good)
            after = rows()
            transaction.set_rollback(True)

        assert response.status_code == 302, (door.name, response.content.decode()[-3000:])
        # A good sign-in is a visit, and leaves nothing else behind.
        assert (after != before) == (door.name != "sign-in"), door.name


@pytest.mark.parametrize("size", [MEGABYTE, MEGABYTE - 2000], ids=["over", "just under"])
def test_a_megabyte_in_any_field_is_refused(house: House, size: int) -> None:
    for door in house.doors():
        before = rows()
        for name, fields in door.spoiled("x" * size):
            response = house.knock(door, fields)

            where = f"{door.name}.{name}"
            if size == MEGABYTE:
                assert response.status_code == 400, where
                assert b"<h1" in response.content, where
            elif name not in ("reference", "came_from"):
                assert response.status_code in (200, 302), where
            assert rows() == before, where


@pytest.mark.parametrize(
    "poison",
    ["\x00", "a\x00b", "\x1b[2J", "a\u202eb", "a\u2066b", "a\u200bb", "a\u2028b", "\ufeff", "\x7f"],
    ids=ascii,
)
def test_control_and_direction_characters_are_refused(house: House, poison: str) -> None:
    for door in house.doors():
        for name, fields in door.spoiled(poison):
            if name in FREE and "\x00" not in poison:
                continue
            before = rows()

            response = house.knock(door, fields)

            where = f"{door.name}.{name}"
            assert response.status_code in (200, 302), where
            assert rows() == before, where


def test_a_megabyte_without_the_forms_token_is_refused(db: None) -> None:
    strict = Client(enforce_csrf_checks=True)

    response = strict.post("/support/", b"message=" + b"x" * MEGABYTE, content_type=FORM)

    assert response.status_code in (400, 403)
    assert b"<h1" in response.content
