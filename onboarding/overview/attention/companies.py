"""What needs an administrator: a proposal to merge, and an account that looks like the same one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.directory.models import BusinessAccount, User
from licensing.merging.models import Merge
from licensing.merging.reading import lookalikes
from onboarding.overview.attention import Attention

_POINTED_OUT: Final = 2


def of_companies(
    account: BusinessAccount, *, by: User, is_proposed_to: bool
) -> Iterator[Attention]:
    """For administrators of `account` only. One query.

    While a proposal is open (`is_proposed_to`), that one is spoken of and nothing else. An account
    that was ever spoken about, whatever came of it, isn't pointed out any more.
    """
    if is_proposed_to:
        for merge in Merge.objects.open().about(account).with_people().order_by("-pk"):
            if merge.asked == account:
                yield _proposal(account, merge)
        return
    found = [
        twin
        for twin in lookalikes.of(account, by=by)
        if twin.is_told and twin.has_administrator and not twin.is_known
    ]
    for twin in found[:_POINTED_OUT]:
        text = _("Another business account looks like the same company. %(reason)s")
        if twin.is_named:
            text = _("%(account)s looks like the same company. %(reason)s")
        yield Attention(
            "notice",
            text % {"account": twin.name, "reason": twin.reasons[0]},
            _("View it"),
            reverse("merge_twin", kwargs={"slug": account.slug, "ref": twin.ref}),
            is_advice=True,
        )


def _proposal(account: BusinessAccount, merge: Merge) -> Attention:
    text = _("%(person)s proposes to merge %(account)s with this account.")
    return Attention(
        "notice",
        text % {"person": merge.proposed_by, "account": merge.asking},
        _("Answer"),
        reverse("merge_proposal", kwargs={"slug": account.slug, "public_id": merge.public_id}),
    )
