"""Which accounts the staged purchases belong to: opened by themselves where SPEC A12 says so.

Afterwards every company that has an account has its Buyer, and the merge only joins it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Final, NamedTuple

from accounts.audit.events import Event as AccountEvent
from accounts.directory.models import BusinessAccount
from accounts.membership.models.invitation import VALID_FOR
from accounts.permissions import Role
from licensing.purchases.actions.importing import events, rows
from licensing.purchases.rules.purchase_accounts import BuyerMembership, home

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
        line integer NOT NULL, account_id bigint NOT NULL, slug varchar(60),
        invitation_public_id {uuid})
    """,
)
_NEXT: Final = """
SELECT line, company, opens_account FROM purchase_company
WHERE line > %(after)s ORDER BY line LIMIT %(batch)s
"""
# Where people who have proven the primary email are active.
_PLACES: Final = """
SELECT company.line, account.id, account.name, membership.role
FROM purchase_company AS company
JOIN account_emailaddress AS address ON address.email = company.primary_email AND address.verified
JOIN accounts_membership AS membership ON membership.user_id = address.user_id
                                      AND membership.blocked_at IS NULL
JOIN accounts_user AS person ON person.id = membership.user_id AND person.is_active
JOIN accounts_businessaccount AS account ON account.id = membership.account_id
WHERE company.line BETWEEN %(first)s AND %(last)s
"""
# A hundred thousand accounts of one name do meet by chance.
_TAKEN: Final = """
SELECT home.line, company.company
FROM purchase_home AS home JOIN purchase_company AS company ON company.line = home.line
WHERE home.slug IN (
    SELECT slug FROM purchase_home WHERE slug IS NOT NULL GROUP BY slug HAVING count(*) > 1
    UNION ALL
    SELECT account.slug FROM accounts_businessaccount AS account
    JOIN purchase_home AS opening ON opening.slug = account.slug)
"""
_RENAME: Final = "UPDATE purchase_home SET slug = %(slug)s WHERE line = %(line)s"
_FROM_HOMES: Final = """
FROM purchase_home AS home JOIN purchase_company AS company ON company.line = home.line
"""
_OPENED: Final = f"{_FROM_HOMES} WHERE home.slug IS NOT NULL"
_ACCOUNTS: Final = f"""
INSERT INTO accounts_businessaccount (id, slug, name, origin, require_two_step,
                                      joinable_by_domain, created_at)
SELECT home.account_id, home.slug, company.company, %(origin)s, false, true, %(now)s {_OPENED}
"""
# First of all, and in this order: whoever takes a purchase that waits does so, too
# (licensing/purchases/actions/unclaimed.py), so that neither holds what the other one waits for.
_BUYERS: Final = f"""
INSERT INTO licensing_buyer (primary_email, company_key, account_id, created_at)
SELECT company.primary_email, company.company_key, home.account_id, %(now)s {_FROM_HOMES}
WHERE true ORDER BY company.primary_email, company.company_key
ON CONFLICT DO NOTHING
"""
_ELSEWHERE: Final = """
DELETE FROM purchase_home WHERE EXISTS (
    SELECT 1 FROM purchase_company AS company
    JOIN licensing_buyer AS buyer ON buyer.primary_email = company.primary_email
                                 AND buyer.company_key = company.company_key
    WHERE company.line = purchase_home.line AND buyer.account_id <> purchase_home.account_id)
"""
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
    name: str
    opens_account: int


def settle(*, now: datetime) -> int:
    """Give each new company its account, if it has one; how many accounts opened for that.

    The account where its buyer is known; else, when SPEC A12 says so, a new
    one whose administrator the primary email is invited to become. Online purchases that the
    company made earlier come along.
    """
    uuid = "uuid" if rows.is_postgres() else "char(32)"
    for statement in _CREATE:
        rows.run(statement.format(uuid=uuid))
    ids = rows.new_ids("accounts_businessaccount")
    for batch in _batches():
        _find_homes(batch, ids)
    _tell_slugs_apart()
    rows.run(_BUYERS, now=now)
    rows.run(_ELSEWHERE)
    opened = rows.run(_ACCOUNTS, origin=BusinessAccount.Origin.PURCHASE, now=now)
    rows.run(_INVITATIONS, role=Role.ADMINISTRATOR, now=now, expires_at=now + VALID_FOR)
    events.post_event(
        AccountEvent.ACCOUNT_CREATED,
        account="home.account_id",
        subject="company.company",
        source=_OPENED,
        now=now,
        origin=BusinessAccount.Origin.PURCHASE,
    )
    events.post_event(
        AccountEvent.INVITATION_SENT,
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


def _find_homes(companies: list[_Company], ids: Iterator[int]) -> None:
    """Note the account of each company that has one, or is to have one."""
    places = defaultdict(list)
    for line, *place in rows.fetch(_PLACES, first=companies[0].line, last=companies[-1].line):
        places[line].append(BuyerMembership(*place))
    known = {company.line: home(company.name, places[company.line]) for company in companies}
    homes: list[rows.Row] = [
        (line, account, None, None) for line, account in known.items() if account
    ]
    opening = [each for each in companies if each.opens_account and not known[each.line]]
    for company, invitation in zip(opening, rows.new_uuids(len(opening)), strict=True):
        slug = BusinessAccount.new_slug(company.name)
        homes.append((company.line, next(ids), slug, invitation))
    rows.insert("purchase_home", ("line", "account_id", "slug", "invitation_public_id"), homes)


def _tell_slugs_apart() -> None:
    while taken := rows.fetch(_TAKEN):
        for line, name in taken:
            rows.run(_RENAME, line=line, slug=BusinessAccount.new_slug(name))


def _bring_earlier_purchases(now: datetime) -> None:
    for statement in _EARLIER:
        rows.run(statement)
    events.record_licenses(
        account="license.account_id", name="license.name", source=_BROUGHT, now=now
    )
