"""What one purchase says, checked: the twelve columns of the CSV, or the fields of the API.

Pure, and fast: a file of a hundred thousand lines passes through here.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import Final, NamedTuple

from django.utils.translation import gettext as _

from accounts.identity.addresses import canonical_email
from accounts.identity.formulas import is_formula
from licensing.licenses.rules import key_codes, releases

COLUMNS: Final = (
    "order_number",
    "channel",
    "company",
    "primary_email",
    "product",
    "kind",
    "seats",
    "starts_on",
    "ends_on",
    "upgrade_insurance_until",
    "version",
    "key",
)
# What may be left empty; which of them may not, depends on the kind.
CHANNELS: Final = ("online", "sales", "reseller")
PRODUCTS: Final = ("ras", "desktop-business", "access-business")
LICENSE_KINDS: Final = ("subscription", "permanent")
MAX_LICENSE_SEATS: Final = 1_000_000
_SEATS: Final = re.compile(r"[1-9][0-9]{0,6}", re.ASCII)
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_YEARS: Final = range(2000, 2101)


class PurchaseRecord(NamedTuple):
    """A purchase in canonical form: equal texts of it give equal values."""

    order_number: str
    channel: str
    company: str
    primary_email: str
    primary_email_display: str
    product: str
    kind: str
    seats: int
    starts_on: date
    ends_on: date | None
    upgrade_insurance_until: date | None
    version: str
    key: str

    @property
    def digest(self) -> str:
        """Of all that it says: the same order with another digest was changed."""
        said = "\x1f".join([str(value) for value in self])
        return hashlib.sha256(said.encode()).hexdigest()


class Fault(NamedTuple):
    """What is wrong in one column, in words fit to show."""

    column: str
    message: str


class InvalidRow(ValueError):
    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(fault.message for fault in faults))
        self.faults = faults


def check(values: Sequence[str]) -> PurchaseRecord:
    """The purchase that twelve texts say, in the order of COLUMNS.

    Raises InvalidRow with every fault, in the order of the columns.
    """
    try:
        sold = PurchaseRecord(
            _order_number(values[0]),
            _channel(values[1]),
            _company(values[2]),
            _email(values[3]),
            values[3].strip(),
            _product(values[4]),
            _kind(values[5]),
            _seats(values[6]),
            _required_date(values[7]),
            _optional_date(values[8]),
            _optional_date(values[9]),
            _version(values[10]),
            _key(values[11]),
        )
    except ValueError:
        raise InvalidRow(_faults(values)) from None
    if faults := list(_contradictions(sold)):
        raise InvalidRow(faults)
    return sold


def _faults(values: Sequence[str]) -> list[Fault]:
    faults = []
    for column, read, value in zip(COLUMNS, _READERS, values, strict=True):
        try:
            read(value)
        except ValueError as error:
            faults.append(Fault(column, str(error)))
    return faults


def _contradictions(sold: PurchaseRecord) -> Iterator[Fault]:
    """What fits each column, but not the others."""
    ends_on, insured_until = sold.ends_on, sold.upgrade_insurance_until
    if sold.kind == "subscription":
        if not ends_on:
            yield Fault("ends_on", _("A subscription needs its last day."))
        elif ends_on < sold.starts_on:
            yield Fault("ends_on", _("A subscription can't end before it starts."))
        if insured_until:
            message = _("Only permanent licenses have upgrade insurance. Leave this empty.")
            yield Fault("upgrade_insurance_until", message)
        return
    if ends_on:
        yield Fault("ends_on", _("A permanent license has no last day. Leave this empty."))
    if insured_until and insured_until < sold.starts_on:
        message = _("Upgrade insurance can't end before the license starts.")
        yield Fault("upgrade_insurance_until", message)
    if not sold.version:
        yield Fault("version", _("A permanent license needs the version bought."))


def _text(limit: int) -> Callable[[str], str]:
    def read(value: str) -> str:
        text = " ".join(value.split())
        if not text:
            raise ValueError(_("This can't be empty."))
        if len(text) > limit:
            raise ValueError(_("At most %(limit)d characters fit here.") % {"limit": limit})
        if not text.isprintable():
            raise ValueError(_("A character here can't be printed, like NUL."))
        if is_formula(text):
            raise ValueError(
                _("This begins with %(character)s, so a spreadsheet would run it as a formula.")
                % {"character": text[0]}
            )
        return text

    return read


def _one_of(names: Sequence[str]) -> Callable[[str], str]:
    known = {name: name for name in names}

    def read(value: str) -> str:
        try:
            return known[value]
        except KeyError:
            raise ValueError(_("Write one of: %(names)s.") % {"names": ", ".join(names)}) from None

    return read


def _seats(value: str) -> int:
    if not _SEATS.fullmatch(value) or int(value) > MAX_LICENSE_SEATS:
        raise ValueError(
            _("Seats are a whole number from 1 to %(most)d, in plain digits.")
            % {"most": MAX_LICENSE_SEATS}
        )
    return int(value)


@lru_cache(maxsize=8192)
def _required_date(value: str) -> date:
    day = _date(value)
    if day is None or day.year not in _YEARS:
        raise ValueError(_("A date looks like 2027-01-31, from 2000 to 2100."))
    return day


def _date(value: str) -> date | None:
    try:
        return date.fromisoformat(value) if _DATE.fullmatch(value) else None
    except ValueError:
        return None


def _optional_date(value: str) -> date | None:
    return _required_date(value) if value else None


@lru_cache(maxsize=1024)
def _version(value: str) -> str:
    if value and releases.major(value) is None:
        raise ValueError(_("A version looks like 20 or 20.0.1."))
    return value


def _key(value: str) -> str:
    return key_codes.canonical(value) if value else ""


_order_number: Final = _text(60)
_company: Final = _text(100)
_channel: Final = _one_of(CHANNELS)
_product: Final = _one_of(PRODUCTS)
_kind: Final = _one_of(LICENSE_KINDS)
_email: Final = lru_cache(maxsize=8192)(canonical_email)
_READERS: Final[tuple[Callable[[str], object], ...]] = (
    _order_number,
    _channel,
    _company,
    _email,
    _product,
    _kind,
    _seats,
    _required_date,
    _optional_date,
    _optional_date,
    _version,
    _key,
)
