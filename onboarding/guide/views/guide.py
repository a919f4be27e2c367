"""The guide's pages: one question each, then the recommendation (SPEC 2.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.views.decorators.http import require_safe

from accounts.web.destinations import next_url, with_next
from onboarding.guide import recommend as rule
from onboarding.guide.forms.guide import QuestionForm
from onboarding.guide.reading import journey
from onboarding.guide.rules import answers
from onboarding.guide.rules.facts import Facts
from onboarding.guide.rules.questions import Question, answered, next_question, path
from onboarding.guide.rules.rule import Destination, Email
from onboarding.guide.texts import questions as texts

Pairs = Sequence[tuple[str, str]]

_PAGES = {
    Destination.SIGN_IN: "account_login",
    Destination.SIGN_UP: "account_signup",
    Destination.RESET: "account_reset_password",
    Destination.FIND: "find",
    Destination.ASK: "ask",
    Destination.SUPPORT: "support",
    Destination.NEW_ACCOUNT: "account_new",
}
_TAKES_EMAIL = (Destination.SIGN_IN, Destination.SIGN_UP, Destination.RESET, Destination.FIND)


@dataclass(frozen=True)
class AnswerLine:
    """One line of “What you told us”."""

    question: str
    answer: str
    url: str


@login_not_required
@require_safe
def guide(request: HttpRequest) -> HttpResponse:
    """The next question, or what to do. The answers are the query, so Back and bookmarks work."""
    given = dict(request.GET.lists())
    found = answers.read(given, asked=_question(request.GET.get("asked")))
    facts = replace(found.facts, **journey.proven_facts(request, timezone.now()))
    changed = _question(request.GET.get("change"))
    question = changed if changed in path(facts) else next_question(facts)
    response = (
        _recommend(request, facts)
        if question is None
        else _ask(request, question, replace(found, facts=facts), given)
    )
    patch_cache_control(response, private=True)
    patch_vary_headers(response, ("HX-Request",))
    return response


def _ask(
    request: HttpRequest,
    question: Question,
    found: answers.Answers,
    given: dict[str, list[str]],
) -> HttpResponse:
    facts, told = found.facts, answered(found.facts)
    words = texts.asked(question, facts)
    others = [other for other in told if other is not question]
    is_change = question in told
    context = journey.context(
        request,
        question=question,
        words=words,
        form=QuestionForm(question, words, found, given),
        carried=answers.pairs(facts, only=others),
        answers=_told(request, facts),
        back=_address(request, answers.pairs(facts, only=told if is_change else told[:-1]))
        if told
        else "",
        login_lost=_login_lost(request, facts, question),
    )
    return render(request, "guide/question.html", context)


def _recommend(request: HttpRequest, facts: Facts) -> HttpResponse:
    recommendation = rule.recommend(facts)
    outcome, told = recommendation.outcome, answered(facts)
    primary = outcome.primary
    is_fixed = outcome.email in (Email.INVITED, Email.OWN, Email.BOUGHT_WITH, Email.NONE)
    asks_email = primary in _TAKES_EMAIL and not is_fixed and not facts.signed_in
    context = journey.context(
        request,
        facts=facts,
        recommendation=recommendation,
        action=_leads(request, facts, primary) if primary else "",
        # The email is typed right here, and goes to the page that the button names.
        asks_email=asks_email and not (primary is Destination.FIND and facts.proven_email),
        email_action=reverse(_PAGES[primary]) if primary in _TAKES_EMAIL else "",
        is_posted=primary is Destination.FIND,
        switches=facts.signed_in and primary in (Destination.SIGN_IN, Destination.RESET),
        second_url=_leads(request, facts, outcome.second) if outcome.second else "",
        others=[(way, _leads(request, facts, way.to)) for way in recommendation.others],
        answers=_told(request, facts),
        back=_address(request, answers.pairs(facts, only=told[:-1])) if told else "",
    )
    return render(request, "guide/recommendation.html", context)


def _question(name: str | None) -> Question | None:
    return Question(name) if name in tuple(Question) else None


def _address(request: HttpRequest, pairs: Pairs, **more: str) -> str:
    """The guide with these answers."""
    query = [*pairs, *more.items()]
    if onward := next_url(request):
        query.append(("next", onward))
    return f"{reverse('guide')}?{urlencode(query)}" if query else reverse("guide")


def _told(request: HttpRequest, facts: Facts) -> list[AnswerLine]:
    pairs = answers.pairs(facts)
    return [
        AnswerLine(
            question=texts.asked(question, facts).told,
            answer=texts.answer(question, facts),
            url=_address(request, pairs, change=question),
        )
        for question in answered(facts)
    ]


def _login_lost(request: HttpRequest, facts: Facts, question: Question) -> str:
    """At a first instance an account may be out of reach too: the way to row 5 (SPEC A14)."""
    if question not in (Question.SIGNS, Question.INVITED, Question.EMAIL_KNOWN):
        return ""
    return _address(request, answers.pairs(facts), login="lost")


def _leads(request: HttpRequest, facts: Facts, to: Destination) -> str:
    """The address of a way, carrying the destination and a proven email along."""
    onward = next_url(request)
    if to is Destination.LOGIN_LOST:
        pairs = [pair for pair in answers.pairs(facts) if pair[0] != "login"]
        return _address(request, pairs, login="lost")
    if to is Destination.INVITATION and facts.pending_invitation:
        return with_next(facts.pending_invitation.url, onward)
    if to is Destination.ACCOUNT and facts.existing_membership:
        return onward or facts.existing_membership.url
    if to is Destination.SIGN_UP and facts.signed_in:
        to = Destination.NEW_ACCOUNT
    return with_next(reverse(_PAGES[to]), onward, **_email_for(to, facts), **_later(to, facts))


def _later(to: Destination, facts: Facts) -> dict[str, str]:
    """Sign In offers no new account for a later instance (SPEC A6)."""
    return {"later": "1"} if to is Destination.SIGN_IN and facts.is_later else {}


def _email_for(to: Destination, facts: Facts) -> dict[str, str]:
    """The proven address, where it is the right one: for its own login, or for a new account."""
    is_right = to is Destination.SIGN_UP or (
        to in (Destination.SIGN_IN, Destination.RESET) and facts.existing_membership is not None
    )
    return {"email": facts.proven_email} if is_right and facts.proven_email else {}
