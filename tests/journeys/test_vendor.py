"""Journey 6: vendor staff. A file of purchases, and what its companies make of it (SPEC 3)."""

from __future__ import annotations

import io
import re
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.directory.models import BusinessAccount, Membership, User
from accounts.membership.actions import invitation_mails
from accounts.membership.models import Invitation
from accounts.outbox import delivery
from accounts.outbox.models import OutboxMail
from accounts.permissions import Role
from licensing.purchases.actions import files, uploads
from licensing.purchases.models import Purchase, PurchaseImport
from onboarding.guide.actions import deferred_tasks
from tests import mails
from tests.factories import PASSWORD
from tests.journeys.page_checks import look
from tests.journeys.steps import button, path_in, sign_in_staff, type_the_code
from tests.licensing import sample_purchases
from tests.licensing.uploads import own_folder

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("own_folder"),
]
__all__ = ["own_folder"]
UPLOAD = "/admin/desk/purchases/"
LINES = 1000


@pytest.fixture
def sold(now: datetime) -> str:
    """A month's purchases, as the vendor's shop exports them."""
    file = io.StringIO()
    sample_purchases.write(file, lines=LINES, today=now.date())
    return file.getvalue()


@pytest.fixture
def imported(db: None, sold: str, now: datetime) -> None:
    files.import_file(io.BytesIO(sold.encode()), now=now)
    invitation_mails.write_due()


def upload(page: Page, text: str) -> PurchaseImport:
    page.locator("[name=file]").set_input_files(
        {"name": "november.csv", "mimeType": "text/csv", "buffer": text.encode()}
    )
    button(page, "Check the file")
    page.wait_for_url("**/imports/**")
    return PurchaseImport.objects.latest("pk")


def company_that(tells: Callable[[list[Purchase]], bool]) -> Purchase:
    """The first purchase of a company whose purchases are as told."""
    of_one = defaultdict(list)
    for each in Purchase.objects.select_related("license__account").order_by("pk"):
        of_one[each.primary_email].append(each)
    return next(bought[0] for bought in of_one.values() if tells(bought))


def test_sam_imports_a_months_purchases(page: Page, sam: User, sold: str) -> None:
    sign_in_staff(page, sam, to=UPLOAD)
    came = upload(page, sold)
    main, bar = page.locator("main"), page.get_by_role("progressbar")
    expect(bar).to_be_visible()
    with came.file.held():
        came.file.note_progress(40)
        expect(bar).to_have_attribute("value", "40")
        expect(page).to_have_title(re.compile("^40 % · Being checked"))
    came.file.forget_progress()

    uploads.work_on_waiting()
    expect(main).to_contain_text("All 1,000 lines are valid")
    expect(main).to_contain_text("SO-")
    wrong = look(page, "preview")
    assert not Purchase.objects.exists()
    button(page, "Import these purchases")
    expect(bar).to_be_visible()
    uploads.work_on_waiting()

    expect(main).to_contain_text("Imported by Sam Staff")
    opened = BusinessAccount.objects.filter(origin=BusinessAccount.Origin.PURCHASE)
    assert Purchase.objects.count() == LINES
    assert 0 < opened.count() == Invitation.objects.count() < LINES
    figure = page.locator(".figure", has_text="primary emails invited")
    expect(figure.locator("dd")).to_have_text(str(opened.count()))
    invitation_mails.write_due()
    delivery.deliver_due()
    page.reload()
    expect(page.locator(".figure", has_text="emails sent").locator("dd")).not_to_have_text("0")
    wrong += look(page, "summary")
    first = opened.order_by("pk")[0]
    main.get_by_role("link", name=first.name, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(first.name)
    expect(page.locator("#invitations")).to_contain_text(first.invitations.get().email)
    assert wrong + look(page, "company") == []


def test_sam_sees_line_and_column_of_what_is_wrong(page: Page, sam: User, sold: str) -> None:
    lines = sold.splitlines()[:40]
    lines[4] = re.sub("subscription|permanent", "lease", lines[4])
    lines[11] = lines[11].replace("@", " at ")
    sign_in_staff(page, sam, to=UPLOAD)

    upload(page, "\n".join(lines))
    uploads.work_on_waiting()

    expect(page.locator("main")).to_contain_text(
        "Nothing was imported because the file has 2 problems"
    )
    rows = page.locator("tbody tr")
    expect(rows.nth(0)).to_contain_text(re.compile(r"5\s*kind\s*Write one of: subscription"))
    expect(rows.nth(1)).to_contain_text(re.compile(r"12\s*primary_email"))
    assert not Purchase.objects.exists()
    assert look(page, "problems") == []


def test_an_invited_company_finds_its_license(page: Page, portal: str, imported: None) -> None:
    bought = company_that(lambda all_: len(all_) == 1 and all_[0].license.account is not None)
    page.goto(path_in(mails.latest(bought.primary_email, "invitation"), "/invitations/"))
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Join {bought.company}")
    page.locator("[name=name]").fill("Ines Moreno")
    page.locator("[name=password1]").fill(PASSWORD)
    button(page, f"Join {bought.company}")

    account = bought.license.account
    assert account is not None
    page.wait_for_url(f"**/b/{account.slug}/")
    assert Membership.objects.get(account=account).role == Role.ADMINISTRATOR
    sees(page, bought, account)


def test_an_online_buyer_proves_the_address_and_finds_the_license(
    page: Page, portal: str, imported: None
) -> None:
    bought = company_that(lambda all_: len(all_) == 1 and all_[0].license.account is None)
    page.goto("/accounts/signup/")
    page.locator("[name=name]").fill("Hugo Brandt")
    page.locator("[name=email]").fill(bought.primary_email)
    page.locator("[name=password1]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.locator("[name=code]").wait_for()
    type_the_code(page, bought.primary_email)
    page.locator("[name=name]").fill(bought.company)
    button(page, "Create business account")

    page.wait_for_url(re.compile(r"/b/(?!new)[^/]+/$"))
    sees(page, bought, BusinessAccount.objects.latest("pk"))


def test_a_key_brings_the_invitation_again(page: Page, portal: str, imported: None) -> None:
    bought = company_that(
        lambda all_: (
            len(all_) == 1
            and all_[0].license.account is not None
            and all_[0].license.kind == "permanent"
        )
    )
    page.goto("/start/key/")
    page.locator("[name=key]").fill(bought.license.keys.get().code)
    button(page, "Look up the key")
    local, _at, domain = bought.primary_email.partition("@")
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text(f"This key was bought under {local[0]}•••@{domain}.")
    assert bought.primary_email not in page.content()
    wrong = look(page, "the hint")
    button(page, "Send the email")

    expect(heading).to_have_text("The email is on its way")
    deferred_tasks.run_due(now=timezone.now())
    first, again = OutboxMail.objects.filter(to=bought.primary_email).order_by("pk")
    assert path_in(first, "/invitations/") == path_in(again, "/invitations/")
    assert wrong + look(page, "sent") == []


def sees(page: Page, bought: Purchase, account: BusinessAccount) -> None:
    """The license is the account's, and its administrator sees it."""
    bought.license.refresh_from_db()
    assert bought.license.account == account
    page.goto(f"/b/{account.slug}/licenses/")
    expect(page.locator("main")).to_contain_text(bought.license.name)
    expect(page.locator("main")).to_contain_text(f"{bought.license.seats}")
