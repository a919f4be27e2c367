"""The guide's rule: facts in, one recommendation out (SPEC 2.1). No database, no clock."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from onboarding.guide.rules.facts import Facts, Invited, Login


class Row(IntEnum):
    """The rows of the table in SPEC 2.1, and the two answers that stand beside it."""

    NO_ACCOUNT_NEEDED = 0
    PENDING_INVITATION = 1
    LATER_LOGIN_WORKS = 2
    LATER_LOGIN_FORGOT = 3
    LATER_LOGIN_LOST = 4
    FIRST_LOGIN_LOST = 5
    SIGN_INVITED_ME = 6
    SIGN_INVITED_COLLEAGUE = 7
    SIGN_EMAIL_KNOWN = 8
    SIGN_EMAIL_UNKNOWN = 9
    UPGRADE_EMAIL_KNOWN = 10
    UPGRADE_EMAIL_UNKNOWN = 11
    FIRST_ACTIVATION = 12
    ALREADY_MEMBER = 13


class RecommendationKind(StrEnum):
    """The value of `data-recommendation` on the page (CONTRACT `/start/`)."""

    SIGN_IN = "sign-in"
    CREATE = "create"
    JOIN = "join"
    ASK_ADMIN = "ask-admin"
    RESET = "reset"
    FIND = "find"
    SUPPORT = "support"
    NONE = "none"


class Email(StrEnum):
    """Which email to use."""

    INVITED = "invited"
    OWN = "own"
    BOUGHT_WITH = "bought-with"
    FIRST_ACCOUNT = "first-account"
    PRIMARY = "primary"
    INVITED_AT_PURCHASE = "invited-at-purchase"
    PREVIOUS_PRIMARY = "previous-primary"
    ANY = "any"
    NONE = "none"


class Destination(StrEnum):
    """Where a way leads; the view knows the addresses."""

    SIGN_IN = "sign-in"
    SIGN_UP = "sign-up"
    RESET = "reset"
    FIND = "find"
    ASK = "ask"
    SUPPORT = "support"
    INVITATION = "invitation"
    ACCOUNT = "account"
    NEW_ACCOUNT = "new-account"
    LOGIN_LOST = "login-lost"


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do, by name; `texts` puts it into words."""

    row: Row
    kind: RecommendationKind
    email: Email
    primary: Destination | None
    others: tuple[Destination, ...]
    second: Destination | None = None
    """A second action beside the primary one, for people who can't tell which instance it is."""
    splits: frozenset[Destination] = frozenset()
    """Ways that would leave the company's keys and instances in two accounts (SPEC A4)."""


def row(facts: Facts) -> Row:
    """The first row that holds; defined for every combination of facts."""
    if facts.needs_no_account:
        return Row.NO_ACCOUNT_NEEDED
    if facts.pending_invitation is not None:
        return Row.PENDING_INVITATION
    if facts.existing_membership is not None:
        return Row.ALREADY_MEMBER
    if facts.is_later:
        return _row_of_later(facts)
    if facts.login is Login.LOST:
        return Row.FIRST_LOGIN_LOST
    if facts.signs:
        return _row_of_sign(facts)
    if not facts.is_upgrade:
        return Row.FIRST_ACTIVATION
    return Row.UPGRADE_EMAIL_KNOWN if facts.knows_email else Row.UPGRADE_EMAIL_UNKNOWN


def _row_of_later(facts: Facts) -> Row:
    """A later instance signs in; creating hides behind a lost login (SPEC A6)."""
    if facts.login is Login.LOST:
        return Row.LATER_LOGIN_LOST
    if facts.login is Login.FORGOT:
        return Row.LATER_LOGIN_FORGOT
    return Row.LATER_LOGIN_WORKS


def _row_of_sign(facts: Facts) -> Row:
    """Where something hints at an account, it matters who was invited (SPEC A11)."""
    if facts.invited is Invited.ME:
        return Row.SIGN_INVITED_ME
    if facts.invited is Invited.COLLEAGUE:
        return Row.SIGN_INVITED_COLLEAGUE
    return Row.SIGN_EMAIL_KNOWN if facts.knows_email else Row.SIGN_EMAIL_UNKNOWN


_TABLE: dict[Row, tuple[RecommendationKind, Email, Destination | None, tuple[Destination, ...]]] = {
    Row.NO_ACCOUNT_NEEDED: (
        RecommendationKind.NONE,
        Email.NONE,
        None,
        (Destination.SIGN_IN, Destination.SIGN_UP),
    ),
    Row.PENDING_INVITATION: (
        RecommendationKind.JOIN,
        Email.INVITED,
        Destination.INVITATION,
        (Destination.FIND,),
    ),
    Row.ALREADY_MEMBER: (
        RecommendationKind.SIGN_IN,
        Email.OWN,
        Destination.SIGN_IN,
        (Destination.RESET, Destination.FIND),
    ),
    Row.LATER_LOGIN_WORKS: (
        RecommendationKind.SIGN_IN,
        Email.FIRST_ACCOUNT,
        Destination.SIGN_IN,
        (Destination.RESET, Destination.ASK, Destination.LOGIN_LOST),
    ),
    Row.LATER_LOGIN_FORGOT: (
        RecommendationKind.RESET,
        Email.FIRST_ACCOUNT,
        Destination.RESET,
        (Destination.SIGN_IN, Destination.ASK, Destination.LOGIN_LOST),
    ),
    Row.LATER_LOGIN_LOST: (
        RecommendationKind.ASK_ADMIN,
        Email.ANY,
        Destination.ASK,
        (Destination.FIND, Destination.RESET, Destination.SUPPORT, Destination.SIGN_UP),
    ),
    Row.FIRST_LOGIN_LOST: (
        RecommendationKind.CREATE,
        Email.ANY,
        Destination.SIGN_UP,
        (Destination.RESET, Destination.ASK, Destination.FIND),
    ),
    Row.SIGN_INVITED_ME: (
        RecommendationKind.JOIN,
        Email.INVITED_AT_PURCHASE,
        Destination.FIND,
        (Destination.SIGN_IN, Destination.ASK, Destination.LOGIN_LOST),
    ),
    Row.SIGN_INVITED_COLLEAGUE: (
        RecommendationKind.ASK_ADMIN,
        Email.NONE,
        Destination.ASK,
        (Destination.SIGN_IN, Destination.FIND, Destination.LOGIN_LOST),
    ),
    Row.SIGN_EMAIL_KNOWN: (
        RecommendationKind.SIGN_IN,
        Email.PRIMARY,
        Destination.SIGN_IN,
        (Destination.RESET, Destination.SIGN_UP, Destination.FIND, Destination.ASK),
    ),
    Row.SIGN_EMAIL_UNKNOWN: (
        RecommendationKind.FIND,
        Email.ANY,
        Destination.FIND,
        (Destination.ASK, Destination.SIGN_UP, Destination.SIGN_IN),
    ),
    Row.UPGRADE_EMAIL_KNOWN: (
        RecommendationKind.CREATE,
        Email.PREVIOUS_PRIMARY,
        Destination.SIGN_UP,
        (Destination.SIGN_IN, Destination.FIND),
    ),
    Row.UPGRADE_EMAIL_UNKNOWN: (
        RecommendationKind.CREATE,
        Email.ANY,
        Destination.SIGN_UP,
        (Destination.SIGN_IN, Destination.FIND),
    ),
    Row.FIRST_ACTIVATION: (
        RecommendationKind.CREATE,
        Email.ANY,
        Destination.SIGN_UP,
        (Destination.SIGN_IN, Destination.FIND),
    ),
}


def decide(facts: Facts) -> Advice:
    """What the table recommends for these facts; never raises."""
    found = row(facts)
    kind, email, primary, others = _TABLE[found]
    splits: frozenset[Destination] = frozenset()
    if found is Row.FIRST_LOGIN_LOST and facts.is_upgrade and facts.knows_email:
        email = Email.PREVIOUS_PRIMARY
    if facts.purchases and primary is Destination.SIGN_UP:
        email = Email.BOUGHT_WITH
    if found is Row.LATER_LOGIN_LOST:
        splits = frozenset({Destination.SIGN_UP})
    if found is Row.NO_ACCOUNT_NEEDED and facts.signed_in:
        others = (Destination.ACCOUNT if facts.existing_membership else Destination.NEW_ACCOUNT,)
    if found is Row.ALREADY_MEMBER and facts.signed_in:
        primary, others, splits = (
            Destination.ACCOUNT,
            (Destination.NEW_ACCOUNT,),
            frozenset({Destination.NEW_ACCOUNT}),
        )
    second = Destination.FIND if facts.is_unsure and Destination.FIND in others else None
    others = tuple(way for way in others if way is not second)
    return Advice(found, kind, email, primary, others, second, splits)
