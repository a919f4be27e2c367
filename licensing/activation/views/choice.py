"""Choosing what the instance runs under: a key, a newly cut one, its trial, or a key to enter."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import limits
from accounts.access import MemberRequest
from accounts.errors import DomainError
from accounts.limits import failures
from accounts.web.paging import read_key, read_words
from licensing.activation.forms.activate import CutDuringActivationForm, ReplaceForm, SourceForm
from licensing.activation.models import ActivationRequest
from licensing.activation.reading import sources as offered
from licensing.activation.reading import texts
from licensing.activation.reading.sources import Sources, Suitability
from licensing.activation.views import gate
from licensing.licenses.actions import licenses
from licensing.licenses.forms import RegisterKeyForm
from licensing.licenses.models import Instance, Key
from licensing.protocol.date_text import in_words

_SEARCH_FROM = 8


@gate.by_id
@gate.in_account
@require_safe
def choose_license(request: MemberRequest, asked: ActivationRequest) -> HttpResponseBase:
    """Offer the keys that fit, the others with the reason, cutting a key, the trial, and entering a
    key.
    """
    sources = _sources(request, asked)
    if sources.elsewhere is not None:
        return _elsewhere(request, asked, sources)
    rows = list(offered.rows(sources))
    unfit = {
        f"key:{each.key.public_id}" for each in sources.offers if each.fit is Suitability.UNFIT
    }
    data = request.GET if "chosen" in request.GET else None
    form = SourceForm(data, rows=rows, disabled=unfit, initial={"source": _preferred(sources)})
    if form.is_bound and form.is_valid():
        return redirect(_onward(request, asked, form.cleaned_data["source"]))
    context = _context(
        request,
        asked,
        form=form,
        sources=sources,
        searches=bool(sources.words or sources.after or sources.page.has_more)
        or len(sources.offers) > _SEARCH_FROM,
        others=len([each for each in request.memberships if not each.blocked_at]) > 1,
    )
    return render(request, "licensing/activate/license.html", context)


@gate.by_id
@gate.in_account
@require_safe
def cut(request: MemberRequest, asked: ActivationRequest) -> HttpResponseBase:
    """Choose the license to cut a key from, and its number of seats."""
    words = read_words(request.GET)
    page = _sources(request, asked).to_cut_from(words)
    initial = {"cut": str(page.rows[0].public_id)} if len(page.rows) == 1 else {}
    data = request.GET if "seats" in request.GET else None
    form = CutDuringActivationForm(data, licenses=page.rows, initial=initial)
    if form.is_bound and form.is_valid():
        chosen = {"cut": form.cleaned_data["cut"], "seats": form.cleaned_data["seats"]}
        return redirect(
            gate.address("activation_confirm", asked, **gate.carried(request), **chosen)
        )
    context = _context(request, asked, form=form, words=words, shown=page)
    context["cut_url"] = gate.address("activation_cut", asked, **gate.carried(request))
    return render(request, "licensing/activate/cut.html", context)


@gate.by_id
@gate.in_account
@require_http_methods(["GET", "HEAD", "POST"])
def enter_key(request: MemberRequest, asked: ActivationRequest) -> HttpResponseBase:
    """Register a key that the person holds; afterwards it is an ordinary key of the account."""
    form = RegisterKeyForm(_given(request, asked))
    if form.is_bound and form.is_valid():
        if not limits.consume(request, action="key_entry", key=str(request.user.pk)):
            return limits.too_many(request)
        try:
            key = licenses.register_key(
                account=request.membership.account,
                code=form.cleaned_data["key"],
                by=request.user,
                now=timezone.now(),
            )
        except DomainError as error:
            if "hint" in request.POST:  # the field would show the whole key
                messages.error(request, str(error))
                return redirect(gate.address("activation_license", asked, **gate.carried(request)))
            form.add_error("key", str(error))
        else:
            failures.forget(request)
            return redirect(
                gate.address(
                    "activation_confirm", asked, **gate.carried(request), key=key.public_id
                )
            )
    failures.count_errors(request, form)
    context = _context(request, asked, form=form, hint=asked.key_hint[-5:])
    return render(request, "licensing/activate/key.html", context)


@gate.by_id
@gate.in_account
@require_safe
def replace(request: MemberRequest, asked: ActivationRequest) -> HttpResponseBase:
    """Choose the instance to replace under a full key: those that haven't checked in for long,
    oldest first.
    """
    account, now = request.membership.account, timezone.now()
    public_id = read_key(request.GET.get("key", ""))
    keys = Key.objects.live().of_account(account)
    key = keys.filter(public_id=public_id).first() if public_id else None
    if key is None:
        raise Http404
    rows = [_row(instance) for instance in offered.silent_under(key, now)]
    form = ReplaceForm(request.GET if "chosen" in request.GET else None, rows=rows)
    if form.is_bound and form.is_valid():
        chosen = {"key": key.public_id, "replace": form.cleaned_data["replace"]}
        return redirect(
            gate.address("activation_confirm", asked, **gate.carried(request), **chosen)
        )
    context = _context(request, asked, form=form, key=key, rows=rows)
    return render(request, "licensing/activate/replace.html", context)


def _sources(request: MemberRequest, asked: ActivationRequest) -> Sources:
    return Sources(
        account=request.membership.account,
        asked=asked,
        now=timezone.now(),
        words=read_words(request.GET),
        after=read_key(request.GET.get("after", "")),
        by=request.user,
    )


def _preferred(sources: Sources) -> str:
    """The preselected row; none while several keys would do."""
    if sources.preferred is not None:
        return f"key:{sources.preferred.public_id}"
    if any(offer.fit is not Suitability.UNFIT for offer in sources.offers):
        return ""
    return "trial" if sources.has_trial else "enter"


def _onward(request: MemberRequest, asked: ActivationRequest, source: str) -> str:
    kind, _colon, public_id = source.partition(":")
    carried = gate.carried(request)
    if kind == "trial":
        return gate.address("activation_confirm", asked, **carried, trial="1")
    pages = {
        "key": "activation_confirm",
        "replace": "activation_replace",
        "cut": "activation_cut",
        "enter": "activation_key",
    }
    return gate.address(pages[kind], asked, **carried, key=public_id)


def _given(request: MemberRequest, asked: ActivationRequest) -> dict[str, str] | None:
    """The typed key, or the one that the console named, of which the person sees five
    characters."""
    if request.method != "POST":
        return None
    typed = request.POST.get("key", "")
    return {"key": asked.key_hint if "hint" in request.POST else typed}


def _elsewhere(request: MemberRequest, asked: ActivationRequest, sources: Sources) -> HttpResponse:
    """Say that it runs under another account, which is named only to its members."""
    assert sources.elsewhere is not None
    instance = sources.elsewhere.instance
    mine = [each.account for each in request.memberships if not each.blocked_at]
    context = _context(request, asked, instance=instance if instance.account in mine else None)
    return render(request, "licensing/activate/elsewhere.html", context)


def _row(instance: Instance) -> tuple[str, str, str]:
    text = _("Last seen on %(day)s · version %(version)s") % {
        "day": in_words(instance.heartbeat.last_seen_at),
        "version": instance.version,
    }
    return str(instance.public_id), instance.name, texts.joined(instance.host, text)


def _context(request: MemberRequest, asked: ActivationRequest, **more: object) -> dict[str, object]:
    carried = gate.carried(request)
    return gate.context(
        asked,
        account=request.membership.account,
        carried=carried,
        license_url=gate.address("activation_license", asked, **carried),
        account_url=asked.get_absolute_url(),
        here=request.path,
        **more,
    )
