"""The overview of a business account: first what needs a person, then what is owned."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts import access
from accounts.access import MemberRequest
from accounts.permissions import Permission, Role
from licensing.permissions import LicensingPermission
from onboarding.overview.attention.companies import of_companies
from onboarding.overview.attention.licenses import licenses_to_add, of_problems, requests_to_answer
from onboarding.overview.attention.people import of_people, people_of
from onboarding.overview.reading.figures import read_figures
from onboarding.overview.reading.first_steps import first_steps
from onboarding.overview.reading.owned import read_holdings

NEW_ACCOUNT_PERIOD: Final = timedelta(days=30)
# More of what needs a person is folded: on a phone, what is owned would be screens away.
AT_ONCE: Final = 5


@access.requires(Permission.ACCOUNT_VIEW)
@require_safe
def overview(request: MemberRequest) -> HttpResponse:
    """What needs a person, the first steps of a new account, products, licenses, instances."""
    membership, now = request.membership, timezone.now()
    account = membership.account
    manages = membership.may_manage_members
    may_manage = membership.may(LicensingPermission.LICENSES_MANAGE)
    figures = read_figures(account, by=request.user, manages_licenses=may_manage)
    people = people_of(account, figures, manages=manages, now=now)
    holdings = read_holdings(account, manages=may_manage, now=now)
    steps = []
    if manages and account.created_at > now - NEW_ACCOUNT_PERIOD:
        has_two_step = access.has_second_step(membership)
        steps = first_steps(account, people, holdings, has_two_step=has_two_step)
    attention = list(of_problems(account, holdings, now=now))
    if manages:
        attention += of_people(account, people, told=bool(steps))
    if membership.may_manage_account:
        attention += of_companies(
            account, by=request.user, is_proposed_to=figures["is_proposed_to"]
        )
    attention.sort(key=lambda each: each.kind != "bad")
    # People at a console come first: they sit and wait.
    attention = [
        *requests_to_answer(holdings.asked),
        *licenses_to_add(account, figures["waiting"]),
        *attention,
    ]
    context = {
        "account": account,
        "attention": attention[:AT_ONCE],
        "more_attention": attention[AT_ONCE:],
        "steps": steps,
        "steps_left": sum(not step.done for step in steps),
        "people": people,
        "holdings": holdings,
        "role": Role(membership.role),
        "now": now,
    }
    return render(request, "onboarding/overview.html", context)
