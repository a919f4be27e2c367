"""One company, two accounts: which other accounts look like the same company, and why.

For administrators only. The other account's name is told when something here proves that the two
belong together: a domain or address that an administrator has proven, an installation that was in
both, a key of ours that was tried there. Who merely holds a key or shares an address of purchase
with somebody else isn't told whom (SPEC 2.2: prove, then tell).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.utils.crypto import salted_hmac
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.directory.models import BusinessAccount, User
from accounts.identity.addresses import email_domain
from accounts.identity.public_domains import is_public
from licensing.merging.reading import lookalike_signs
from licensing.merging.reading.lookalike_signs import LookalikeSign, Other

MAX_LOOKALIKES_SHOWN: Final = 10
_WORDS: Final[dict[LookalikeSign, str | Promise]] = {
    LookalikeSign.DOMAIN: gettext_lazy(
        "Administrators of both have a verified address at %(what)s."
    ),
    LookalikeSign.BUYER: gettext_lazy("Licenses of both were bought under %(what)s."),
    LookalikeSign.INSTALLATION: gettext_lazy("The instance %(what)s is known in both."),
    LookalikeSign.OUR_KEY: gettext_lazy("Someone there tried to register your key …%(what)s."),
    LookalikeSign.THEIR_KEY: gettext_lazy("Someone here tried to register its key …%(what)s."),
    LookalikeSign.BOTH_MINE: gettext_lazy("You administer both."),
}
_NAMING: Final = frozenset(
    {
        LookalikeSign.DOMAIN,
        LookalikeSign.INSTALLATION,
        LookalikeSign.OUR_KEY,
        LookalikeSign.BOTH_MINE,
    }
)


@dataclass(frozen=True)
class LookalikeReason:
    sign: LookalikeSign
    what: str
    tells_name: bool

    def __str__(self) -> str:
        return str(_WORDS[self.sign]) % {"what": self.what}


@dataclass(frozen=True)
class Lookalike:
    """Another account that looks like the same company as ours, seen from ours."""

    ours: BusinessAccount
    account: BusinessAccount
    reasons: tuple[LookalikeReason, ...]
    has_administrator: bool
    is_known: bool
    """Merging the two was spoken about, whatever came of it."""

    @property
    def is_named(self) -> bool:
        return any(reason.tells_name for reason in self.reasons)

    @property
    def is_mine(self) -> bool:
        """True when the person who looks administers both."""
        return any(reason.sign is LookalikeSign.BOTH_MINE for reason in self.reasons)

    @property
    def is_told(self) -> bool:
        """True when something else than its administrator's being the same speaks for it."""
        return any(reason.sign is not LookalikeSign.BOTH_MINE for reason in self.reasons)

    @property
    def name(self) -> str:
        return self.account.name if self.is_named else unnamed()

    @property
    def ref(self) -> str:
        return ref(self.ours, self.account)


def ref(ours: BusinessAccount, other: BusinessAccount) -> str:
    """Stands for `other` in addresses of `ours`: means nothing to anybody, nor elsewhere."""
    pair = f"{ours.pk}:{other.pk}"
    return salted_hmac("licensing.twin", pair, algorithm="sha256").hexdigest()[:24]


def unnamed() -> str:
    """What an account is called within a sentence, as long as its name isn't told."""
    return _("the other account")


def of(account: BusinessAccount, *, by: User) -> list[Lookalike]:
    """The accounts that look like the same company as `account`, by name; one query.

    `by` administers `account`; what they administer beside it is counted in.
    """
    found: dict[int, tuple[Other, dict[LookalikeSign, LookalikeReason]]] = {}
    for other, reason in _signs(account, by):
        reasons = found.setdefault(other.pk, (other, {}))[1]
        earlier = reasons.get(reason.sign)
        if earlier is None or (reason.tells_name and not earlier.tells_name):
            reasons[reason.sign] = reason
    twins = [
        Lookalike(
            account,
            BusinessAccount(pk=other.pk, name=other.name, slug=other.slug),
            tuple(reasons[sign] for sign in sorted(reasons)),
            has_administrator=bool(other.has_administrator),
            is_known=bool(other.is_known),
        )
        for other, reasons in found.values()
    ]
    return sorted(twins, key=lambda twin: (not twin.is_told, not twin.is_named, twin.name))


def find(account: BusinessAccount, ref: str, *, by: User) -> Lookalike | None:
    """The twin that `ref` stands for in this account."""
    return next((twin for twin in of(account, by=by) if twin.ref == ref), None)


def _signs(account: BusinessAccount, by: User) -> Iterator[tuple[Other, LookalikeReason]]:
    """The addresses that were proven here come first: they decide which reasons tell a name."""
    ours: set[str] = set()
    domains: set[str] = set()
    for other, sign, what in lookalike_signs.rows(account, by):
        if sign in (lookalike_signs.PROVEN_AS_PRIMARY, lookalike_signs.PROVEN):
            ours.add(what)
            domain = email_domain(what)
            if sign == lookalike_signs.PROVEN_AS_PRIMARY and not is_public(domain):
                domains.add(domain)
            continue
        kind = LookalikeSign(sign)
        tells = kind in _NAMING
        if kind is LookalikeSign.BUYER:
            tells = what in ours or email_domain(what) in domains
        yield other, LookalikeReason(kind, what, tells)
