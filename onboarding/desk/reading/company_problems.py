"""Problems in a company's history, shown first, each with a link to its place on the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.membership.models.claim import ClaimState
from accounts.outbox.models import Status
from accounts.permissions import Role
from licensing.licenses.rules.entitlement import LicenseStatus
from onboarding.desk.reading.company_history import Story


@dataclass(frozen=True)
class CompanyProblem:
    """A sentence; `kind` is its meaning, `at` the section of the page."""

    text: str
    at: str
    kind: str = "notice"


def troubles(story: Story) -> list[CompanyProblem]:
    """In the order in which a caller is helped: who can act, what arrives, what runs."""
    return [*_people(story), *_mails(story), *_licenses(story)]


def _people(story: Story) -> Iterator[CompanyProblem]:
    if any(state is ClaimState.READY for _claim, state in story.claims):
        yield CompanyProblem(_("A claim needs your decision."), "claims")
    if story.waiting_messages:
        yield CompanyProblem(_("A message to support needs an answer."), "messages")
    if not story.has_administrator and not story.account.merged_into_id:
        yield CompanyProblem(_without_administrator(story), "invitations", "bad")


def _without_administrator(story: Story) -> str:
    for invitation, outcome in story.open_invitations:
        if invitation.role == Role.ADMINISTRATOR:
            return _("This account has no administrator. %(who)s is invited: %(state)s.") % {
                "who": invitation,
                "state": outcome.label,
            }
    return _("This account has no administrator, and nobody is invited to become one.")


def _mails(story: Story) -> Iterator[CompanyProblem]:
    lost = sum(outcome.needs_a_person for _invitation, outcome in story.open_invitations)
    if lost:
        text = ngettext(
            "%d invitation can't be accepted: bounced, suspended or expired.",
            "%d invitations can't be accepted: bounced, suspended or expired.",
            lost,
        )
        yield CompanyProblem(text % lost, "invitations")
    stuck = sum(mail.status == Status.QUEUED and mail.attempts > 0 for mail in story.mails)
    if stuck:
        text = ngettext("%d email can't be sent.", "%d emails can't be sent.", stuck)
        yield CompanyProblem(text % stuck, "mails")


def _licenses(story: Story) -> Iterator[CompanyProblem]:
    if story.licenses and not any(line.status.is_usable for line in story.licenses):
        yield CompanyProblem(_("None of its licenses is active today."), "licenses", "bad")
    for line in story.licenses:
        if line.status is LicenseStatus.SUSPENDED:
            text = _("%(license)s is suspended. Reason: %(reason)s") % {
                "license": line.license,
                "reason": line.license.suspended_because,
            }
            yield CompanyProblem(text, "licenses", "bad")
    ending = [line for line in story.licenses if line.status is LicenseStatus.IN_GRACE]
    for line in ending:
        text = _("%(license)s has ended and is in its grace period.") % {"license": line.license}
        yield CompanyProblem(text, "licenses")
