"""What each page costs, by the size of the account: `python -m benchmarks.pages DATABASE_URL`.

For a database of `python -m benchmarks.fill`. Prints, for accounts of 100 up to a million licenses,
instances and members, the statements of a page, the blocks that they read, its milliseconds (the
median of nine) and how many times those of the smallest. Nothing is written: all of it happens in
one transaction that is rolled back.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

ROUNDS: Final = 9
_PERSON: Final = 1  # administrates every large account


@dataclass(frozen=True)
class Cost:
    """What one page took."""

    statements: int
    blocks: int
    milliseconds: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database_url")
    os.environ.update(
        DATABASE_URL=parser.parse_args().database_url,
        DJANGO_SETTINGS_MODULE="onboarding.settings",
        PORTAL_DATA_DIR=tempfile.mkdtemp(),
        PORTAL_ORIGIN="http://localhost:8000",
        LOG_LEVEL="ERROR",
        REDIS_URL="",
        EMAIL_URL="",
    )
    import django
    from django.db import transaction

    django.setup()
    with transaction.atomic():
        report()
        transaction.set_rollback(True)


def report() -> None:
    """Print both tables: pages of an account, and pages that belong to none."""
    from django.test import Client

    from accounts.directory.models import BusinessAccount, User

    member, staff = Client(), Client()
    backend = "allauth.account.auth_backends.AuthenticationBackend"
    member.force_login(User.objects.get(pk=_PERSON), backend=backend)
    staff.force_login(_member_of_staff(), backend=backend)
    accounts = list(BusinessAccount.objects.filter(slug__startswith="large-").order_by("slug"))
    header = "".join(f" {each.name.split()[-1]} |" for each in accounts)
    _say(f"| statements / blocks / ms (times the smallest) |{header}")
    _say("|---|" + "---|" * len(accounts))
    for name in dict(_pages_of(accounts[0])):
        browser = staff if name.startswith("desk") else member
        costs = measured(browser, [dict(_pages_of(account))[name] for account in accounts])
        cells = (
            f" {_cell(cost)} ({cost.milliseconds / costs[0].milliseconds:.2f}) |" for cost in costs
        )
        _say(f"| {name} |{''.join(cells)}")
    _say("\n| page | statements / blocks / ms |\n|---|---|")
    for name, address in _pages_of_nobody(accounts[-1]):
        [cost] = measured(staff if name.startswith("desk") else member, [address])
        _say(f"| {name} | {_cell(cost)} |")


def measured(browser: Any, addresses: list[str]) -> list[Cost]:
    """What these pages cost, seen warm; in rounds of one visit to each, so that all meet the same
    machine."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def get(address: str) -> float:
        started = time.perf_counter()
        answer = browser.get(address, headers={"host": "localhost:8000"})
        assert answer.status_code == 200, (address, answer.status_code)
        return (time.perf_counter() - started) * 1000

    for address in addresses:
        get(address)
    rounds = [[get(address) for address in addresses] for _round in range(ROUNDS)]
    costs = []
    for address, times in zip(addresses, zip(*rounds, strict=True), strict=True):
        with CaptureQueriesContext(connection) as queries:
            get(address)
        sent = [query["sql"] for query in queries.captured_queries]
        costs.append(Cost(len(sent), sum(map(blocks, sent)), statistics.median(times)))
    return costs


def blocks(sql: str) -> int:
    """The blocks of 8 KB that a statement reads, from memory or not; 0 for what isn't a query."""
    from django.db import connection

    if not sql.lstrip("( ").startswith("SELECT"):
        return 0
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}")
        plan = cursor.fetchone()[0][0]["Plan"]
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


def _pages_of(account: Any) -> Iterator[tuple[str, str]]:
    of = f"/b/{account.slug}/"
    license = account.licenses.order_by("pk")[0]
    yield "overview", of
    yield "licenses", f"{of}licenses/"
    yield "licenses, by status", f"{of}licenses/?status=in_grace"
    yield "licenses, by words", f"{of}licenses/?q={license.name[-4:]}"
    yield "license", license.get_absolute_url()
    yield "instances", f"{of}instances/"
    yield "instances, silent", f"{of}instances/?state=silent"
    yield "instances, by words", f"{of}instances/?q={account.instances.earliest('pk').name[-5:]}"
    yield "instance", account.instances.earliest("pk").get_absolute_url()
    yield "members", f"{of}members/"
    yield "members, by words", f"{of}members/?q=person"
    yield "members, by a rare word", f"{of}members/?q=p1%40company"
    yield "activity", f"{of}activity/"
    yield "settings", f"{of}settings/"
    yield "merging", f"{of}merge/"
    yield "desk: company", f"/admin/desk/companies/{account.slug}/"


def _pages_of_nobody(account: Any) -> Iterator[tuple[str, str]]:
    license = account.licenses.latest("pk")
    instance = account.instances.latest("pk")
    yield "guide", "/start/"
    yield "my accounts", "/b/"
    yield "desk", "/admin/desk/"
    for name, words in (
        ("email", "p4711@company-943.example"),
        ("order", license.purchase.order_number),
        ("key", license.keys.get().code),
        ("last five", license.keys.get().code[-5:]),
        ("instance", str(instance.instance_id)),
        ("host", instance.host),
        ("domain", "company-943.example"),
        ("name", "Company 4711"),
        ("nothing", "no such company"),
    ):
        yield f"desk: search by {name}", f"/admin/desk/?q={words}"


def _member_of_staff() -> Any:
    from allauth.mfa.models import Authenticator

    from accounts.directory.models import User

    staff = User.objects.create_superuser("staff@portal.example", name="Sam Staff")
    Authenticator.objects.create(user=staff, type=Authenticator.Type.TOTP, data={})
    return staff


def _cell(cost: Cost) -> str:
    return f"{cost.statements} / {cost.blocks:,} / {cost.milliseconds:.1f}"


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
