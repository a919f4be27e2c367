"""Mails about the recovery of a lost second step (SPEC 4.1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.urls import reverse

from accounts.directory.models import BusinessAccount, Membership, User
from accounts.outbox.rendering import post, safe_name
from accounts.recovery.models import SecondStepRecovery


def recovery_started(recovery: SecondStepRecovery, *, now: datetime) -> None:
    """Tell everybody concerned who started it and when it completes, with a link that stops it."""
    url = settings.PORTAL_ORIGIN + recovery.get_absolute_url()
    for facts in _facts(recovery, now=now):
        post("recovery_started", url=url, **facts)


def recovery_ended(recovery: SecondStepRecovery, *, now: datetime) -> None:
    """Tell the same people that it was completed, or that it was stopped and why."""
    sign_in = settings.PORTAL_ORIGIN + reverse("account_login")
    for facts in _facts(recovery, now=now):
        goes_on = facts["is_theirs"] and facts["is_completed"]
        post("recovery_ended", url=sign_in if goes_on else "", **facts)


def recovery_asked(
    user: User, *, account: BusinessAccount, to: Iterable[str], now: datetime
) -> None:
    """Ask administrators to help a person who has typed the password but has no second step."""
    membership = Membership.objects.get(account=account, user=user)
    kwargs = {"slug": account.slug, "public_id": membership.public_id}
    for address in to:
        post(
            "recovery_asked",
            to=address,
            now=now,
            account=account,
            url=settings.PORTAL_ORIGIN + reverse("member_recovery", kwargs=kwargs),
            person=safe_name(user),
            person_email=user.email_display,
        )


def _facts(recovery: SecondStepRecovery, *, now: datetime) -> Iterator[dict[str, Any]]:
    """What the mail to each of those concerned says."""
    by = str(settings.PORTAL_BRAND) if recovery.by_vendor else safe_name(recovery.started_by)
    for address, account in _concerned(recovery.user):
        yield {
            "to": address,
            "now": now,
            "account": account,
            "is_theirs": account is None,
            "person": safe_name(recovery.user),
            "person_email": recovery.user.email_display,
            "by": by,
            "by_email": "" if recovery.by_vendor else recovery.started_by.email_display,
            "by_vendor": recovery.by_vendor,
            "due_at": recovery.due_at,
            "is_completed": recovery.completed_at is not None,
            "because": recovery.get_stopped_because_display(),
        }


def _concerned(user: User) -> Iterator[tuple[str, BusinessAccount | None]]:
    """Every proven address of the person, then every active administrator of each account of
    theirs, each once."""
    proven = EmailAddress.objects.filter(user=user, verified=True).order_by("-primary", "pk")
    told = set()
    for address in proven.values_list("email", flat=True):
        told.add(address)
        yield address, None
    for membership in user.memberships.select_related("account").order_by("pk"):
        found = Membership.objects.active().administrators().filter(account=membership.account)
        for email in found.exclude(user=user).order_by("pk").values_list("user__email", flat=True):
            if email not in told:
                told.add(email)
                yield email, membership.account
