"""`import_purchases FILE`: a summary, or the problems by line and exit code 1."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from licensing.purchases.models import Purchase
from tests.licensing import purchase_factories

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def save(folder: Path, *lines: dict[str, str]) -> str:
    path = folder / "purchases.csv"
    path.write_bytes(purchase_factories.file(*lines).getvalue())
    return str(path)


def test_it_says_what_came_of_the_file(tmp_path: Path) -> None:
    path = save(
        tmp_path,
        purchase_factories.line(),
        purchase_factories.line(order_number="SO-2", channel="online"),
    )
    first, again = io.StringIO(), io.StringIO()

    call_command("import_purchases", path, stdout=first)
    call_command("import_purchases", path, stdout=again)

    assert first.getvalue() == (
        "2 new, 0 unchanged. 1 business account opened, 1 invitation to mail.\n"
    )
    assert again.getvalue() == (
        "0 new, 2 unchanged. 0 business accounts opened, 0 invitations to mail.\n"
    )


def test_a_bad_line_changes_nothing_and_ends_with_1(tmp_path: Path) -> None:
    path = save(
        tmp_path,
        purchase_factories.line(),
        purchase_factories.line(order_number="SO-2", seats="many"),
    )
    errors = io.StringIO()

    with pytest.raises(CommandError, match=r"1 problem\. Nothing was imported") as refused:
        call_command("import_purchases", path, stderr=errors)

    assert refused.value.returncode == 1
    assert "purchases.csv, line 3, column seats: Seats are a whole number" in errors.getvalue()
    assert not Purchase.objects.exists()


def test_a_check_changes_nothing(tmp_path: Path) -> None:
    said = io.StringIO()

    call_command(
        "import_purchases", "--check", save(tmp_path, purchase_factories.line()), stdout=said
    )

    assert said.getvalue().startswith("1 new, 0 unchanged. 1 business account would open")
    assert not Purchase.objects.exists()


def test_a_file_that_is_not_there_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"can't be read: No such file"):
        call_command("import_purchases", str(tmp_path / "nothing.csv"))


@pytest.mark.parametrize(("stderr", "bar"), [(io.StringIO, False), (Terminal, True)])
def test_a_bar_is_drawn_for_who_watches_only(
    tmp_path: Path, stderr: type[io.StringIO], bar: bool
) -> None:
    shown = stderr()

    call_command(
        "import_purchases",
        save(tmp_path, purchase_factories.line()),
        stdout=io.StringIO(),
        stderr=shown,
    )

    assert ("█" in shown.getvalue()) is bar
    assert bar or shown.getvalue() == ""
