"""No page and no job reads more because other companies exist, or because its own is large.

Acme holds 10,000 licenses, instances and members beside 100,000 rows of strangers: whatever reads
all of Acme's rows, or all of theirs, is found by the rows that its statements look at.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from http.cookies import SimpleCookie
from typing import Final

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.directory.models import BusinessAccount
from benchmarks import fill
from onboarding.celery import app
from tests.architecture import two_companies
from tests.architecture.routes import EMBEDDED, all_routes
from tests.architecture.two_companies import TwoCompanies
from tests.plans import looked_at

STRANGERS: Final = 4_000  # companies, with five people and five licenses each
LARGE: Final = 10_000

# What a page may cost: statements, rows that one of them looks at, blocks of 8 KB in all.
STATEMENTS: Final = 20
ROWS: Final = 2_500
BLOCKS: Final = 2_500
# What costs more, each with its reason: a budget of its own, not a way out.
BUDGETS: Final[dict[str, tuple[int, int, int]]] = {
    # Sums over up to a thousand licenses of each product.
    "b/<slug:slug>/": (10, 4_000, 12_000),
    # Looks up what a thousand members may have written to support.
    "admin/desk/companies/<slug:slug>/": (18, 4_000, 9_000),
    # Offers the keys of the newest thousand licenses.
    "b/<slug:slug>/instances/<uuid:public_id>/move/": (9, 4_000, 15_000),
    # Sends a dozen mails, each with statements of its own.
    "accounts.tasks.deliver_mail": (40, ROWS, BLOCKS),
    # Reads what ends within each milestone once, and then five statements for a hundred accounts.
    "licensing.tasks.remind_of_expiry": (120, 25_000, 30_000),
    # Counts up to ten thousand rows.
    **{
        f"admin/{table}/": (8, 10_100, 25_000)
        for table in (
            "accounts/businessaccount",
            "accounts/membership",
            "accounts/user",
            "licensing/activation",
            "licensing/instance",
            "licensing/key",
            "licensing/license",
            "licensing/purchase",
        )
    },
}
# What reads all that it is about, each with its reason.
UNBOUNDED: Final[dict[str, str]] = {
    "b/<slug:slug>/instances/export/": "the whole list as a file, a thousand rows a query",
    "b/<slug:slug>/licenses/export/": "the whole list as a file, a thousand rows a query",
    "accounts.tasks.clear_expired": "looks for unproven people of earlier releases among all",
}


_VERBS: Final = re.compile(r"[\s(]*(SELECT|WITH|UPDATE|DELETE)\b")


_MERGE_PENDING: Final = """
SELECT gin_clean_pending_list(indexrelid) FROM pg_stat_user_indexes
WHERE indexrelname LIKE '%_by_words'"""


@dataclass(frozen=True)
class Cost:
    statements: int
    rows: int
    blocks: int
    slowest: str

    def is_within(self, budget: tuple[int, int, int]) -> bool:
        return all(
            spent <= most
            for spent, most in zip((self.statements, self.rows, self.blocks), budget, strict=True)
        )


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch) -> TwoCompanies:
    """Acme large among strangers; the planner knows how many rows there are."""
    monkeypatch.setattr(settings, "ROOT_URLCONF", EMBEDDED)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
    assert connection.connection is not None
    sizes = fill.Sizes(companies=STRANGERS, large=(LARGE,))
    fill.write(connection.connection, sizes, without=["usage days"])
    made = two_companies.make(timezone.now())
    _give_everything(BusinessAccount.objects.get(slug="large-1"), made.acme.account)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = origin")
        # Tables of this size are read as a whole sooner than by an index; large ones aren't.
        cursor.execute("SET LOCAL enable_seqscan = off")
        # What was just inserted waits beside an index of words; a vacuum would have merged it.
        cursor.execute(_MERGE_PENDING)
        cursor.execute(f"ANALYZE {', '.join(_tables())}")
    return made


def _tables() -> list[str]:
    mine = ("accounts_", "account_", "licensing_", "onboarding_", "mfa_", "usersessions_")
    return [name for name in connection.introspection.table_names() if name.startswith(mine)]


def _give_everything(account: BusinessAccount, to: BusinessAccount) -> None:
    for rows in (account.licenses, account.instances, account.memberships):
        rows.update(account=to)


def test_no_page_and_no_job_reads_more_than_its_budget(world: TwoCompanies) -> None:
    alice, staff = world.browser("alice"), world.browser("staff2")
    costs = {
        route.text: _cost(
            partial(
                _open,
                staff if route.text.startswith("admin/") else alice,
                route.path(world, route.cases()[0]),
            )
        )
        for route in all_routes()
        if route.text not in UNBOUNDED
    }
    of_acme = f"b/{world.acme.account.slug}/"
    for query in ("licenses/?q=4711", "instances/?q=ras", "members/?q=person", "members/?q=zz9"):
        costs[query] = _cost(partial(_open, alice, f"/{of_acme}{query}"))
    for words in ("p1@company-1.example", "O-4711", "Company 77", "company-9.example"):
        costs[words] = _cost(partial(_open, staff, f"/admin/desk/?q={words}"))

    costs |= _jobs()

    assert {name: cost for name, cost in costs.items() if not cost.is_within(_budget(name))} == {}


def test_every_exception_is_about_a_page_or_a_job() -> None:
    jobs = {each["task"] for each in settings.CELERY_BEAT_SCHEDULE.values()}

    assert BUDGETS.keys() | UNBOUNDED.keys() <= jobs | {route.text for route in all_routes()}


def _jobs() -> dict[str, Cost]:
    app.loader.import_default_modules()
    names = {each["task"] for each in settings.CELERY_BEAT_SCHEDULE.values()}
    return {name: _cost(app.tasks[name]) for name in sorted(names - UNBOUNDED.keys())}


def _budget(name: str) -> tuple[int, int, int]:
    return BUDGETS.get(name, (STATEMENTS, ROWS, BLOCKS))


def _open(browser: Client, path: str) -> None:
    cookies = SimpleCookie(browser.cookies.output(header="", sep=";"))
    list(browser.get(path))
    browser.cookies = cookies


def _cost(act: Callable[[], object]) -> Cost:
    """What `act` costs; what it does is undone."""
    with transaction.atomic():
        with CaptureQueriesContext(connection) as queries:
            act()
        sent = [query["sql"] for query in queries.captured_queries]
        looks = [(*looked_at(sql), sql) for sql in sent if _VERBS.match(sql)]
        transaction.set_rollback(True)
    rows, _blocks, slowest = max(looks, default=(0, 0, ""))
    return Cost(len(sent), rows, sum(blocks for _rows, blocks, _sql in looks), slowest)
