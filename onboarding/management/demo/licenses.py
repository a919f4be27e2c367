"""What the demonstration's company owns: purchases with their licenses, and keys cut from one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from licensing.licenses.actions import keys
from licensing.licenses.models import Key, License, Product
from licensing.purchases.actions import orders
from licensing.purchases.models import Purchase
from licensing.purchases.rules.purchase_rows import PurchaseRecord
from onboarding.management.demo.story import Act, Stage

BOUGHT: Final = timedelta(days=89, hours=12)


@dataclass(frozen=True)
class _Order:
    """A purchase, its days counted from today."""

    name: str
    number: str
    channel: Purchase.Channel
    seats: int
    starts: int
    ends: int | None = None
    insured_until: int | None = None
    version: str = ""
    product: Product = Product.RAS

    def sold(self, email: str, company: str, today: date) -> PurchaseRecord:
        def day(offset: int | None) -> date | None:
            return None if offset is None else today + timedelta(days=offset)

        kind = License.Kind.SUBSCRIPTION if self.ends is not None else License.Kind.PERMANENT
        return PurchaseRecord(
            order_number=self.number,
            channel=self.channel.value,
            company=company,
            primary_email=email,
            primary_email_display=email,
            product=self.product.value,
            kind=kind.value,
            seats=self.seats,
            starts_on=today + timedelta(days=self.starts),
            ends_on=day(self.ends),
            upgrade_insurance_until=day(self.insured_until),
            version=self.version,
            key="",
        )


MAIN: Final = "main"
SEASON: Final = "season"
OLD: Final = "old"
_RESELLER, _SALES, _ONLINE = (
    Purchase.Channel.RESELLER,
    Purchase.Channel.SALES,
    Purchase.Channel.ONLINE,
)
_ORDERS: Final = [
    _Order(OLD, "R-2023-0117", _RESELLER, 25, -1045, insured_until=-40, version="19"),
    _Order("desktop", "S-2026-0402", _SALES, 40, -230, 135, product=Product.DESKTOP_BUSINESS),
    _Order(MAIN, "R-2026-1190", _RESELLER, 100, -100, 265),
    _Order(SEASON, "O-2025-88213", _ONLINE, 50, -353, 12),
]


def _purchases_come_in(stage: Stage, now: datetime) -> None:
    """They join the account by themselves: its administrator is their primary email."""
    today = (now + BOUGHT).date()
    for order in _ORDERS:
        sold = order.sold(stage.alice.email, stage.acme.name, today)
        purchase, _summary = orders.record(sold=sold, now=now)
        stage.licenses[order.name] = purchase.license
        key = Key.objects.select_related("license").get(license=purchase.license)
        stage.keys[order.name] = key


def _keys_are_cut(stage: Stage, now: datetime) -> None:
    for name, seats in (("Vienna office", 25), ("Branch offices", 15)):
        stage.keys[name] = keys.cut(
            license=stage.licenses[MAIN], reserved=seats, name=name, by=stage.alice, now=now
        )


ACTS: Final = [
    Act(BOUGHT, _purchases_come_in),
    Act(timedelta(days=71), _keys_are_cut),
]
