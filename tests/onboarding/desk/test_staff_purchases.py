"""The page on which staff imports purchases: check, look, import, history."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.directory.models import BusinessAccount, User
from licensing.purchases import forms
from licensing.purchases.models import Purchase, PurchaseImport
from licensing.purchases.rules import purchase_files
from tests.licensing import purchase_factories
from tests.licensing.purchase_factories import NOW
from tests.licensing.uploads import checked, own_folder, started, upload, work
from tests.personas import SignIn

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folder")]
__all__ = ["own_folder"]
PAGE = "/admin/desk/purchases/"


def send(desk: Client, content: bytes, name: str = "november.csv") -> HttpResponse:
    return desk.post(PAGE, {"file": SimpleUploadedFile(name, content, "text/csv")}, follow=True)  # type: ignore[return-value]


def page(desk: Client, came: PurchaseImport, **headers: str) -> str:
    return desk.get(address(came), headers=headers).content.decode()


def address(came: PurchaseImport, act: str = "") -> str:
    return reverse(f"staff_import{act}", args=[came.public_id])


def test_a_file_comes_in_whole_and_waits_for_its_check(desk: Client, sam: User) -> None:
    content = purchase_factories.file(purchase_factories.line()).getvalue()

    answer = send(desk, content)

    came = PurchaseImport.objects.get()
    assert "This file is next in line" in answer.content.decode()
    assert 'hx-trigger="every 1s"' in answer.content.decode()
    assert "Check again" in answer.content.decode()
    assert (came.uploaded_by, came.size) == (sam, len(content))
    assert came.file.path.read_bytes() == content
    assert came.file.path.is_relative_to(settings.PORTAL_DATA_DIR)


def test_a_checked_file_shows_its_rows_and_what_would_happen(desk: Client, sam: User) -> None:
    key = "0123456789ABCDEF"
    lines = [
        purchase_factories.line(order_number=f"SO-{n}", company=f"C{n}", channel="online")
        for n in range(25)
    ]
    came = checked(sam, purchase_factories.line(company="Umbrella", key=key), *lines[2:])

    shown = page(desk, came)

    assert "All 24 lines are valid" in shown
    assert "Umbrella" in shown
    assert "SO-20" in shown
    assert "SO-21" not in shown, "twenty rows are enough"
    assert key not in shown
    assert "…BCDEF" in shown
    assert "Import these purchases" in shown


def test_the_import_begins_with_the_button_and_ends_with_links(desk: Client, sam: User) -> None:
    came = checked(sam, purchase_factories.line())

    answer = desk.post(address(came, "_start"))
    work(came)
    shown = page(desk, came)

    assert answer.url == address(came)  # type: ignore[attr-defined]
    assert Purchase.objects.count() == 1
    assert "Imported by Sam Staff" in shown
    assert reverse("staff_company", args=[BusinessAccount.objects.get().slug]) in shown
    assert "<dt>emails sent</dt><dd>0</dd>" in shown


def test_importing_asks_for_a_recent_proof(sam: User, sign_in: SignIn) -> None:
    came = checked(sam, purchase_factories.line())

    answer = sign_in(sam, proven_at=time.time() - 310).post(address(came, "_start"))

    assert answer["Location"].startswith("/accounts/reauthenticate/")
    came.refresh_from_db()
    assert came.started_at is None


def test_a_second_start_is_told_what_is_so(desk: Client, sam: User) -> None:
    came = started(sam, purchase_factories.line())

    answer = desk.post(
        address(came, "_start"), follow=True, headers={"Referer": f"{settings.PORTAL_ORIGIN}{PAGE}"}
    )

    assert "This import is running or has ended" in answer.content.decode()


def test_while_it_goes_on_the_page_asks_for_a_part_every_second(desk: Client, sam: User) -> None:
    came = started(sam, purchase_factories.line())
    came.file.note_progress(42)

    with came.file.held():
        part = page(desk, came, HX_Request="true")

    assert "<title>42 % · Being imported · november.csv" in part
    assert 'value="42"' in part
    assert "hx-get" in part
    assert "<html" not in part


def test_a_worker_that_died_is_said_and_can_be_followed_by_another(desk: Client, sam: User) -> None:
    came = started(sam, purchase_factories.line())
    came.file.note_progress(42)

    part = page(desk, came, HX_Request="true")
    desk.post(address(came, "_again"))
    work(came)

    assert "The import stopped at 42 % because its worker ended. Nothing was imported." in part
    assert "hx-get" not in part, "nothing changes until somebody decides"
    assert "Imported by Sam Staff" in page(desk, came)


def test_problems_stand_there_with_line_and_column(desk: Client, sam: User) -> None:
    came = checked(
        sam, *[purchase_factories.line(order_number=f"SO-{n}", seats="x") for n in range(120)]
    )

    shown = page(desk, came)

    assert "the file has 100 problems" in shown
    assert "there may be more" in shown
    assert "<code>seats</code>" in shown
    assert "Import these purchases" not in shown


def test_the_same_file_again_says_who_imported_it(desk: Client, sam: User) -> None:
    work(started(sam, purchase_factories.line()))

    shown = page(desk, checked(sam, purchase_factories.line()))

    assert "There's nothing to import" in shown
    assert "Sam Staff imported" in shown
    assert "Import these purchases" not in shown


def test_a_file_can_be_discarded(desk: Client, sam: User) -> None:
    came = checked(sam, purchase_factories.line())

    answer = desk.post(address(came, "_discard"), follow=True)

    assert "november.csv was deleted" in answer.content.decode()
    assert "The file was discarded" in page(desk, came)


@pytest.mark.parametrize(
    ("content", "said"), [(b"", "The file is empty."), (None, "Choose a file.")]
)
def test_no_file_is_said_at_the_field(desk: Client, content: bytes | None, said: str) -> None:
    answer = desk.post(PAGE) if content is None else send(desk, content)

    assert said in answer.content.decode()
    assert not PurchaseImport.objects.exists()


@pytest.mark.parametrize("far", [True, False])
def test_a_file_that_is_too_long_is_not_kept(
    desk: Client, far: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = set(purchase_files.folder().iterdir())
    monkeypatch.setattr(forms, "MAX_FILE_BYTES", 1000)
    if far:
        monkeypatch.setattr(forms, "_MAX_READ_BYTES", 4000)

    answer = send(desk, b"x" * 5000)

    assert "larger than 200 MB" in answer.content.decode()
    assert not PurchaseImport.objects.exists()
    assert set(purchase_files.folder().iterdir()) == before


def test_nothing_stays_of_a_file_that_a_forged_form_sends(sam: User) -> None:
    before = set(purchase_files.folder().iterdir())
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(sam)

    answer = send(browser, purchase_factories.file(purchase_factories.line()).getvalue())

    assert answer.status_code == 403
    assert not PurchaseImport.objects.exists()
    assert set(purchase_files.folder().iterdir()) == before


def test_nobody_else_gets_a_byte_in(alice: User, sign_in: SignIn) -> None:
    before = set(purchase_files.folder().iterdir())

    for browser in (Client(), sign_in(alice)):
        browser.post(PAGE, {"file": SimpleUploadedFile("a.csv", b"x" * 10_000)})

    assert set(purchase_files.folder().iterdir()) == before


def test_uploads_are_limited(desk: Client) -> None:
    answers = [send(desk, b"").status_code for _ in range(31)]

    assert answers == [200] * 30 + [429]


def test_the_history_goes_back_page_by_page(desk: Client, sam: User) -> None:
    for number in range(30):
        PurchaseImport.objects.create(
            file_name=f"file {number}.csv",
            size=1,
            uploaded_at=NOW + timedelta(days=number),
            uploaded_by=sam,
            imported_at=NOW + timedelta(days=number),
            started_by=sam,
        )

    first = desk.get(PAGE).content.decode()
    oldest_shown = PurchaseImport.objects.get(file_name="file 5.csv")
    older = desk.get(PAGE, {"before": oldest_shown.pk}).content.decode()

    assert "file 29.csv" in first
    assert "file 4.csv" not in first
    assert f"?before={oldest_shown.pk}" in first
    assert "file 4.csv" in older
    assert "Back to the newest" in older


def test_the_history_costs_the_same_whatever_it_holds(
    desk: Client, sam: User, django_assert_max_num_queries: object
) -> None:
    for number in range(26):
        upload(sam, purchase_factories.line(order_number=f"SO-{number}"))
    desk.get(PAGE)  # notes "last seen"

    with django_assert_max_num_queries(8):  # type: ignore[operator]
        desk.get(PAGE)
