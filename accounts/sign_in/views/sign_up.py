"""Create business account: prove the mailbox first, then become a person (SPEC 4.1)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from allauth.account import views as allauth_views
from allauth.account.utils import complete_signup
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.errors import AddressTaken
from accounts.limits import failures
from accounts.sign_in import emails, mailbox_proof, sign_ups
from accounts.sign_in.actions import people
from accounts.sign_in.forms.entrance import SignupForm
from accounts.sign_in.mailbox_proof import Purpose
from accounts.sign_in.sign_ups import SignUp
from accounts.sign_in.views.prefilled import prefilled
from accounts.web.allauth_internals import get_entrance_context_data, record_authentication
from accounts.web.destinations import next_url, with_next


class SignupView(allauth_views.SignupView):
    """Create business account: name, email, password; then the mailed code."""

    def get_initial(self) -> dict[str, Any]:
        proven = mailbox_proof.proven(self.request.session, timezone.now())
        given = self.request.GET
        return {
            **({"email": proven.display} if proven else {}),
            **prefilled("email", given.get("email", "")),
            **prefilled("name", given.get("name", "")[:100]),
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {**context, "existing_email": context["form"].existing_email}

    def form_valid(self, form: SignupForm) -> HttpResponse:
        now = timezone.now()
        sign_up = sign_ups.of_form(
            form.cleaned_data, display=form.typed_email(), next_url=next_url(self.request), now=now
        )
        proven = mailbox_proof.proven(self.request.session, now)
        if proven and proven.email == sign_up.email:
            return finish(self.request, sign_up)
        return begin(self.request, sign_up)


@transaction.atomic
def begin(request: HttpRequest, sign_up: SignUp) -> HttpResponse:
    """Mail a code, and let this browser wait for it."""
    sign_ups.keep(request.session, sign_up)
    send_code(request, sign_up, now=timezone.now())
    return redirect(with_next(reverse("account_email_verification_sent"), sign_up.next_url))


def send_code(request: HttpRequest, sign_up: SignUp, *, now: datetime) -> bool:
    """Mail the code that makes a sign-up a person; False when none went out."""
    return mailbox_proof.send(
        request,
        Purpose.SIGN_UP,
        email=sign_up.email,
        display=sign_up.display,
        write=lambda code, end: emails.sign_up_code(
            email=sign_up.email, code=code, now=now, expires_at=end
        ),
        now=now,
    )


def finish(request: HttpRequest, sign_up: SignUp) -> HttpResponse:
    """The mailbox is proven: the person is there, and signed in."""
    sign_ups.drop(request.session)
    try:
        with transaction.atomic():
            user = people.create(
                email=sign_up.email,
                display=sign_up.display,
                name=sign_up.name,
                password=sign_up.password,
            )
            # Choosing the password counts as typing it: no page asks for it again at once.
            record_authentication(request, user, method="password")
            response: HttpResponse = complete_signup(request, user, None, sign_up.next_url or None)
            return response
    except AddressTaken:
        return taken(request, sign_up)


def taken(request: HttpRequest, sign_up: SignUp) -> HttpResponse:
    """The page that says that the address has an account, with the two ways on (SPEC A18)."""
    failures.count(request, {"email": ["email_taken"]})
    context = {
        **get_entrance_context_data(request),
        "form": SignupForm(initial={"name": sign_up.name}),
        "existing_email": sign_up.email,
        "login_url": with_next(reverse("account_login"), sign_up.next_url),
    }
    return render(request, "account/signup.html", context)
