"""What the guide knows: answers of a person, and facts proven by a mailbox."""

from dataclasses import dataclass
from enum import StrEnum

from licensing.licenses.rules.releases import ACCOUNT_REQUIRED_FROM_MAJOR
from onboarding.guide.rules.versions import Version


class Task(StrEnum):
    ACTIVATE = "activate"
    UPGRADE = "upgrade"


class WhichInstance(StrEnum):
    FIRST = "first"
    LATER = "later"
    UNSURE = "unsure"


class Activated(StrEnum):
    """Was version 15 or later ever activated at the company?"""

    YES = "yes"
    NO = "no"
    UNSURE = "unsure"


class Login(StrEnum):
    WORKS = "works"
    FORGOT = "forgot"
    LOST = "lost"


class AccountHint(StrEnum):
    """Something that may have opened a business account (SPEC A8, A9, A10)."""

    INSURANCE = "insurance"
    SALES = "sales"
    PRODUCTS = "products"


class Invited(StrEnum):
    ME = "me"
    COLLEAGUE = "colleague"
    NO = "no"
    UNSURE = "unsure"


class EmailKnown(StrEnum):
    """Does the person know the primary email at the time of purchase?"""

    YES = "yes"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Company:
    """A business account that a proven mailbox leads to, and the page that leads there."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the recommendation depends on; None means not answered or not proven."""

    task: Task | None = None
    from_version: Version | None = None
    to_version: Version | None = None
    instance: WhichInstance | None = None
    activated: Activated | None = None
    login: Login | None = None
    signs: frozenset[AccountHint] | None = None
    invited: Invited | None = None
    email_known: EmailKnown | None = None

    # Only once a mailbox is proven, or the person is signed in.
    proven_email: str = ""
    pending_invitation: Company | None = None
    existing_membership: Company | None = None
    purchases: int = 0
    """Bought online under the proven address, and in no account yet."""
    signed_in: bool = False

    @property
    def is_upgrade(self) -> bool:
        return self.task is Task.UPGRADE

    @property
    def has_versions(self) -> bool:
        return self.from_version is not None and self.to_version is not None

    @property
    def needs_no_account(self) -> bool:
        """An upgrade to a version below 15 needs no business account (SPEC A3)."""
        return (
            self.is_upgrade
            and self.to_version is not None
            and self.to_version.major < ACCOUNT_REQUIRED_FROM_MAJOR
        )

    @property
    def has_account_version(self) -> bool:
        """An upgrade from 15 or later: that version couldn't run without an account (SPEC 2.1)."""
        return (
            self.is_upgrade
            and self.from_version is not None
            and self.from_version.major >= ACCOUNT_REQUIRED_FROM_MAJOR
        )

    @property
    def is_later(self) -> bool:
        """The company has an account: an instance of version 15 or later was there before."""
        return (
            self.has_account_version
            or self.instance is WhichInstance.LATER
            or (self.instance is WhichInstance.UNSURE and self._was_activated is Activated.YES)
        )

    @property
    def is_unsure(self) -> bool:
        """Treated as first, but nobody knows."""
        is_known = self._was_activated in (Activated.YES, Activated.NO)
        return self.instance is WhichInstance.UNSURE and not is_known and not self.is_later

    @property
    def instance_is_settled(self) -> bool:
        if self.has_account_version or self.instance in (WhichInstance.FIRST, WhichInstance.LATER):
            return True
        return self.instance is WhichInstance.UNSURE and not self.needs_activated

    @property
    def needs_activated(self) -> bool:
        """Whoever upgrades was already asked about version 15; others get one more question."""
        return not self.is_upgrade and self.activated is None

    @property
    def _was_activated(self) -> Activated | None:
        return None if self.is_upgrade else self.activated

    @property
    def knows_email(self) -> bool:
        return self.email_known is EmailKnown.YES
