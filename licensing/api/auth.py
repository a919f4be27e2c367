"""Authentication by instance or enrollment token, never by cookie."""

from __future__ import annotations

import re
from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja.security import HttpBearer

from accounts import limits
from accounts.web import security_log
from licensing.enrollment.models import EnrollmentToken
from licensing.fleet.actions import request_counts
from licensing.fleet.reading import reporting
from licensing.licenses.models import Activation, Heartbeat
from licensing.protocol import tokens
from licensing.protocol.problems import ApiProblem

_FORM: Final = re.compile(r"(rasi|rase)_[A-Za-z0-9_-]{43}", re.ASCII)


class InstanceRequest(HttpRequest):
    """A request whose token proved an instance: `auth` is what it runs under, or last ran under."""

    auth: Activation


class EnrollmentRequest(HttpRequest):
    auth: EnrollmentToken


class InstanceToken(HttpBearer):
    """Proves one instance. When its activation has ended, Problem `not_licensed` says how, except
    where `ended_too`."""

    openapi_description = "An instance's token, given when it is activated: it begins with `rasi_`."

    def __init__(self, *, ended_too: bool = False, counts_itself: bool = False) -> None:
        super().__init__()
        self._ended_too, self._counts_itself = ended_too, counts_itself

    def authenticate(self, request: HttpRequest, token: str) -> Activation:
        digest = _digest(token, "rasi")
        activation = reporting.of_token(digest)
        ended = None if activation else _last_of(digest)
        if activation is None and ended is None:
            raise ApiProblem("token_invalid")
        known = activation or ended
        assert known is not None
        instance = known.instance
        security_log.act_as(
            request, f"instance {instance.public_id}", account=instance.account.slug
        )
        self._count(request, instance.heartbeat, is_live=activation is not None)
        if activation is not None:
            return activation
        assert ended is not None
        if self._ended_too:
            return ended
        raise ApiProblem("not_licensed", how_it_ended(ended))

    def _count(self, request: HttpRequest, beat: Heartbeat, *, is_live: bool) -> None:
        """Count the request, or leave it to the act; raises Problem at the limit."""
        now = timezone.now()
        if self._counts_itself and is_live:
            request.uncounted = beat.pk  # type: ignore[attr-defined]
            may_go_on = not request_counts.is_reached(beat, now=now)
        else:
            may_go_on = request_counts.count(beat.pk, now=now)
        if not may_go_on:
            security_log.refused(request, security_log.RATE_LIMIT, "api")
            raise ApiProblem("limit_reached")


def count_refused(request: HttpRequest) -> None:
    """Count a request that its act would have counted, had it not been refused."""
    if beat := getattr(request, "uncounted", None):
        request_counts.count(beat, now=timezone.now())


class EnrollmentBearer(HttpBearer):
    """Proves an enrollment token that is neither revoked nor expired."""

    openapi_description = (
        "An enrollment token, made in the portal for machines: it begins with `rase_`."
    )

    def authenticate(self, request: HttpRequest, token: str) -> EnrollmentToken:
        digest = _digest(token, "rase")
        found = EnrollmentToken.objects.select_related("account").filter(digest=digest).first()
        if found is None:
            raise ApiProblem("token_invalid")
        security_log.act_as(
            request, f"enrollment token {found.public_id}", account=found.account.slug
        )
        _count(request, digest)
        if not EnrollmentToken.objects.open(timezone.now()).filter(pk=found.pk).exists():
            raise ApiProblem("enrollment_ended")
        return found


def how_it_ended(activation: Activation) -> str:
    """Sentences for the console's screen: how, and where to go on when its account has moved."""
    assert activation.deactivated_at is not None
    ended = _("This instance is no longer licensed. %(ending)s on %(day)s.") % {
        "ending": activation.get_ending_display(),
        "day": activation.deactivated_at.date().isoformat(),
    }
    account = activation.instance.account
    if account.merged_into_id is None:
        return ended
    moved = _("%(account)s is now part of %(holder)s. Activate the instance there, at %(url)s.")
    holder = account.holder()
    overview = reverse("account_overview", kwargs={"slug": holder.slug})
    url = settings.PORTAL_ORIGIN + overview
    return f"{ended} {moved % {'account': account, 'holder': holder, 'url': url}}"


def _digest(token: str, kind: str) -> str:
    form = _FORM.fullmatch(token)
    if form is None:
        raise ApiProblem("token_invalid")
    if form[1] != kind:
        wanted = _("an instance's token") if kind == "rasi" else _("an enrollment token")
        raise ApiProblem("token_invalid", _("This address takes %(wanted)s.") % {"wanted": wanted})
    return tokens.digest(token)


def _last_of(digest: str) -> Activation | None:
    """The latest that has ended: a live one that waits for its console isn't this token's."""
    ended = Activation.objects.filter(instance__token_digest=digest, deactivated_at__isnull=False)
    return ended.with_all().order_by("-pk").first()


def _count(request: HttpRequest, digest: str) -> None:
    """Count what a known token asks; strangers' guesses leave nothing in the database."""
    if not limits.consume(request, action="api", key=digest):
        raise ApiProblem("limit_reached")
