"""Which accounts the staged purchases belong to: opened by themselves where SPEC A12 says so.

Afterwards every company that has an account has its Buyer, and the merge only joins it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from django.db import connection

from accounts.events import Event
from accounts.models import BusinessAccount, Membership
from accounts.models.invitation import VALID_FOR
from accounts.permissions import Role
from licensing.actions.importing import events, rows
from licensing.buyers import Place, home

_BATCH: Final = 2000
# New companies, each once, called as in its first line. It opens an account if any line does.
_CREATE: Final = (
    """
    CREATE TEMPORARY TABLE purchase_company AS
    SELECT stage.line, stage.primary_email, stage.primary_email_display, stage.company,
           stage.company_key, company.opens_account
    FROM (SELECT min(line) AS line, max(opens_account) AS opens_account
          FROM purchase_stage AS staged
          WHERE NOT EXISTS (SELECT 1 FROM licensing_buyer AS buyer
                            WHERE buyer.primary_email = staged.primary_email
                              AND buyer.company_key = staged.company_key)
          GROUP BY primary_email, company_key) AS company
    JOIN purchase_stage AS stage ON stage.line = company.line
    """,
    "CREATE UNIQUE INDEX purchase_company_by_line ON purchase_company (line)",
    """
    CREATE TEMPORARY TABLE purchase_home (
        line integer NOT NULL, account_id bigint NOT NULL, invitation_public_id {uuid})
    """,
)
_NEXT: Final = """
SELECT line, primary_email, company, opens_account FROM purchase_company
WHERE line > %(after)s ORDER BY line LIMIT %(batch)s
"""
_FROM_HOMES: Final = """
FROM purchase_home AS home JOIN purchase_company AS company ON company.line = home.line
"""
_BUYERS: Final = f"""
INSERT INTO licensing_buyer (primary_email, company_key, account_id, created_at)
SELECT company.primary_email, company.company_key, home.account_id, %(now)s {_FROM_HOMES}
"""
_OPENED: Final = f"{_FROM_HOMES} WHERE home.invitation_public_id IS NOT NULL"
_INVITATIONS: Final = f"""
INSERT INTO accounts_invitation (public_id, account_id, email, email_display, role, created_at,
                                 sent_at, expires_at, mail_due_at)
SELECT home.invitation_public_id, home.account_id, company.primary_email,
       company.primary_email_display, %(role)s, %(now)s, %(now)s, %(expires_at)s, %(now)s
{_OPENED}
"""
# What a company bought online before it had an account.
_EARLIER: Final = (
    f"""
    CREATE TEMPORARY TABLE purchase_earlier AS
    SELECT purchase.license_id, home.account_id {_FROM_HOMES}
    JOIN licensing_purchase AS purchase ON purchase.primary_email = company.primary_email
                                       AND purchase.company_key = company.company_key
    JOIN licensing_license AS license ON license.id = purchase.license_id
    WHERE license.account_id IS NULL
    """,
    """
    UPDATE licensing_license SET account_id = earlier.account_id
    FROM purchase_earlier AS earlier
    WHERE licensing_license.id = earlier.license_id AND licensing_license.account_id IS NULL
    """,
)
_BROUGHT: Final = """
FROM purchase_earlier AS earlier
JOIN licensing_license AS license ON license.id = earlier.license_id
                                 AND license.account_id = earlier.account_id
"""


class _Company(NamedTuple):
    line: int
    primary_email: str
    name: str
    opens_account: int


def settle(*, now: datetime) -> int:
    """Give each new company its account, if it has one; how many accounts opened for that.

    The account where its buyer is known (licensing/buyers.py); else, when SPEC A12 says so, a new
    one whose administrator the primary email is invited to become. Online purchases that the
    company made earlier come along.
    """
    own = rows.is_postgres()
    for statement in _CREATE:
        rows.run(statement.format(uuid="uuid" if own else "char(32)"))
    opened = sum(_settle(batch, now) for batch in _batches())
    rows.run(_BUYERS, now=now)
    rows.run(_INVITATIONS, role=Role.ADMINISTRATOR, now=now, expires_at=now + VALID_FOR)
    events.record(
        Event.ACCOUNT_CREATED,
        account="home.account_id",
        subject="company.company",
        source=_OPENED,
        now=now,
        origin=BusinessAccount.Origin.PURCHASE,
    )
    events.record(
        Event.INVITATION_SENT,
        account="home.account_id",
        subject="company.primary_email_display",
        source=_OPENED,
        now=now,
        role=Role.ADMINISTRATOR,
    )
    _bring_earlier_purchases(now)
    return opened


def _batches() -> Iterator[list[_Company]]:
    after = 0
    while found := rows.fetch(_NEXT, after=after, batch=_BATCH):
        companies = [_Company(*row) for row in found]
        yield companies
        after = companies[-1].line


def _settle(companies: list[_Company], now: datetime) -> int:
    """Note the home of each company that has one; how many accounts were opened for that."""
    places = _places({company.primary_email for company in companies})
    homes: list[rows.Row] = []
    opening: list[_Company] = []
    for company in companies:
        if known := home(company.name, places.get(company.primary_email, ())):
            homes.append((company.line, known, None))
        elif company.opens_account:
            opening.append(company)
    ids = _open([company.name for company in opening], now)
    invitations = rows.new_uuids(len(opening))
    homes += [
        (company.line, account_id, invitation)
        for company, account_id, invitation in zip(opening, ids, invitations, strict=True)
    ]
    rows.insert("purchase_home", ("line", "account_id", "invitation_public_id"), homes)
    return len(opening)


def _places(emails: Collection[str]) -> dict[str, list[Place]]:
    """Where people who have proven one of the addresses are active."""
    found = Membership.objects.active().filter(
        user__emailaddress__email__in=emails, user__emailaddress__verified=True
    )
    places = defaultdict(list)
    for email, *place in found.values_list(
        "user__emailaddress__email", "account_id", "account__name", "role"
    ):
        places[email].append(Place(*place))
    return places


def _open(names: list[str], now: datetime) -> Sequence[int]:
    """New accounts of these names; their ids."""
    ids = rows.new_ids("accounts_businessaccount", len(names))
    made_at = connection.ops.adapt_datetimefield_value(now)
    rows.insert(
        "accounts_businessaccount",
        ("id", "slug", "name", "origin", "require_two_step", "joinable_by_domain", "created_at"),
        (
            (account_id, slug, name, BusinessAccount.Origin.PURCHASE.value, 0, 1, made_at)
            for account_id, name, slug in zip(ids, names, _slugs(names), strict=True)
        ),
    )
    return ids


def _slugs(names: list[str]) -> list[str]:
    """An address for each name. A hundred thousand of one name do meet by chance."""
    slugs = [BusinessAccount.new_slug(name) for name in names]
    taken = set(BusinessAccount.objects.filter(slug__in=slugs).values_list("slug", flat=True))
    for place, name in enumerate(names):
        while slugs[place] in taken:
            slugs[place] = BusinessAccount.new_slug(name)
        taken.add(slugs[place])
    return slugs


def _bring_earlier_purchases(now: datetime) -> None:
    for statement in _EARLIER:
        rows.run(statement)
    events.record(
        Event.LICENSE_ADDED,
        account="license.account_id",
        subject="license.name",
        source=_BROUGHT,
        now=now,
    )
