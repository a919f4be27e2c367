"""allauth's entrance pages where ours say more: sign in, up and out, reset (SPEC A18–A23)."""

from __future__ import annotations

from typing import Any, Final

from allauth.account import views as allauth_views
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout as end_session
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.directory.models import User
from accounts.limits import failures, hash_gate
from accounts.sign_in import reset_links, sign_ups
from accounts.sign_in.forms.entrance import ResetLinkForm
from accounts.sign_in.views.prefilled import prefilled
from accounts.signals import ReturnTarget, signing_out
from accounts.web import kept_pages, signed_cookies
from accounts.web.allauth_internals import clear_login
from accounts.web.destinations import next_url, with_next

_TYPED_FOR_SECONDS: Final = 600


class LoginView(allauth_views.LoginView):
    """Sign In. `?email=` (or `?login=`) fills the address in."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.get_initial() and sign_ups.waiting(request.session, timezone.now()):
            # Whoever waits for a code and comes back by the front door, goes on there.
            return redirect(
                with_next(reverse("account_email_verification_sent"), next_url(request))
            )
        response: HttpResponseBase = super().get(request, *args, **kwargs)
        return response

    def get_initial(self) -> dict[str, Any]:
        given = self.request.GET.get("email") or self.request.GET.get("login") or ""
        return {**super().get_initial(), **prefilled("login", given)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        typed = context["form"].data.get("login", "") or context["form"].initial.get("login", "")
        # A later instance belongs in the first one's account: creating isn't offered (SPEC A6).
        is_later = "later" in self.request.GET or "later" in self.request.POST
        return {**context, "typed_email": typed[:254], "is_later": is_later}


class _Whole:
    """All that a form does, its mails included, or nothing."""

    def form_valid(self, form: Any) -> HttpResponseBase:
        with transaction.atomic():
            response: HttpResponseBase = super().form_valid(form)  # type: ignore[misc]
        return response


class SignInCodeView(allauth_views.ConfirmLoginCodeView):
    """Type the mailed sign-in code."""

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_form_kwargs()
        if "code" in kwargs:
            state = self._process.state
            kwargs["email"] = state.get("email", "") if self._process.user else ""
            kwargs["code_id"] = f"sign-in {state['at']} {state.get('email', '')}"
        return kwargs


class _SignedOutOnly:
    """Says who is signed in, and offers to sign out and go on, before a reset (SPEC A21)."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if isinstance(request.user, User):
            here = request.get_full_path()
            response = render(
                request,
                "account/signed_in.html",
                {
                    "signed_in_as": request.user.email_display,
                    "next_url": here,
                    "on_url": next_url(request),
                },
            )
        else:
            response = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        # Not "no-referrer": browsers would post with `Origin: null`, which the CSRF check refuses.
        response["Referrer-Policy"] = "strict-origin"
        return response


@method_decorator(login_not_required, name="dispatch")
class PasswordResetView(_SignedOutOnly, allauth_views.PasswordResetView):
    """Forgot password: ask for the mail. `?email=` fills the address in."""

    def get_initial(self) -> dict[str, Any]:
        return {**super().get_initial(), **prefilled("email", self.request.GET.get("email", ""))}

    def form_valid(self, form: Any) -> HttpResponse:
        if not form.users:
            # What making the link asks about a known person: the time must not tell.
            addresses = EmailAddress.objects.filter(email=form.cleaned_data["email"])
            addresses.exists()
            addresses.first()
        typed = str(form.data["email"]).strip()
        signed_cookies.keep(
            self.request, settings.RESET_COOKIE_NAME, typed, max_age=_TYPED_FOR_SECONDS
        )
        response: HttpResponse = super().form_valid(form)
        return response

    def get_success_url(self) -> str:
        return with_next(reverse("account_reset_password_done"), next_url(self.request))


@method_decorator(login_not_required, name="dispatch")
class PasswordResetDoneView(allauth_views.PasswordResetDoneView):
    """Where the mail went, as it was typed; the same for every address."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        name = settings.RESET_COOKIE_NAME
        typed = signed_cookies.read(self.request, name, max_age=_TYPED_FOR_SECONDS)
        return {**context, "typed_email": typed or ""}


@method_decorator(login_not_required, name="dispatch")
class PasswordResetFromKeyView(_SignedOutOnly, allauth_views.PasswordResetFromKeyView):
    """The mailed link: choose a new password, and go on. Of several at once, one wins."""

    def form_valid(self, form: Any) -> HttpResponseBase:
        with transaction.atomic():
            # Whoever comes second waits here, and then finds the link used.
            User.objects.select_for_update().get(pk=self.reset_user.pk)
            link = ResetLinkForm({"uidb36": self.kwargs["uidb36"], "key": self.key})
            if link.is_valid():
                response: HttpResponseBase = super().form_valid(form)
                reset_links.note_used(self.key)
                kept_pages.clear(response)
                return response
        used: HttpResponseBase = self.render_to_response(
            self.get_context_data(token_fail=True, used=True)
        )
        return used

    def post(self, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # The key has proven itself: a lane at the gate is kept for it (SPEC 6). Of several at once
        # those who come too late shall read that the link was used, so more of them may wait.
        with hash_gate.through(hash_gate.kept(f"reset {self.reset_user.pk}", places=8)):
            response: HttpResponseBase = super().post(*args, **kwargs)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if "token_fail" in kwargs:
            failures.count(self.request, {"link": ["ended"]})
            kwargs.setdefault("used", reset_links.was_used(self.key))
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context


class PasswordChangeView(_Whole, allauth_views.PasswordChangeView):
    """Change the password; a notice is mailed."""

    def form_valid(self, form: Any) -> HttpResponseBase:
        response = super().form_valid(form)
        kept_pages.clear(response)
        return response


@require_POST
@login_not_required
def logout(request: HttpRequest) -> HttpResponse:
    """Sign out; on to `next`, or to Sign In, which leads back to what was under way."""
    onward = next_url(request)
    if request.user.is_authenticated:
        answers: list[Any] = [told for _by, told in signing_out.send(None, request=request)]
        back: ReturnTarget | None = next(filter(None, answers), None)
        said = _("You're signed out.")
        messages.info(request, f"{said} {back.words}" if back and not onward else said)
        end_session(request)
        if back:
            onward = onward or with_next(reverse("account_login"), back.url)
    else:
        # A sign-in that still waits for a code or a second step: "Start over" ends it.
        clear_login(request)
        sign_ups.drop(request.session)
    return redirect(onward or "account_login")
