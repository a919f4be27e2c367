"""Nobody takes an address over, in whatever order two people act (SPEC 4.1).

Dana reads the mail to hers, Mallory reads the mail to his, and both try everything at every door.
PORTAL_TEST_ROUNDS=10000 runs the full number of sequences; the suite runs a few.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from accounts.directory.models import BusinessAccount
from accounts.limits.models import RateCounter
from accounts.sign_in import mailbox_proof
from accounts.sign_in.actions import people
from tests import factories
from tests.accounts.actors import Actor, new_browser

ROUNDS: Final = int(os.environ.get("PORTAL_TEST_ROUNDS", "25"))
STEPS: Final = 14
DANAS: Final = "dana@initech.example"
MALLORYS: Final = "mallory@evil.example"


ACTORS = st.sampled_from(["Dana", "Mallory"])
ADDRESSES = st.sampled_from([DANAS, DANAS, MALLORYS])


class TwoPeople(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.sequence = transaction.atomic()
        self.sequence.__enter__()
        cache.clear()
        self.dana = Actor("Dana", DANAS, "dana keeps this one secret")
        self.mallory = Actor("Mallory", MALLORYS, "mallory knows this one well")
        alice = factories.person("alice@acme.example")
        now = timezone.now()
        self.acme = factories.business_account("Acme Corp", administrator=alice, now=now)
        self.links = {
            actor.name: factories.invitation(self.acme, actor.mailbox, by=alice, now=now)
            for actor in (self.dana, self.mallory)
        }

    def actor(self, name: str) -> Actor:
        return self.dana if name == "Dana" else self.mallory

    @initialize(left=st.booleans(), has_account=st.booleans())
    def begin(self, left: bool, has_account: bool) -> None:
        """An earlier release left Mallory's unproven sign-up there; he may have an account."""
        if left:
            user = factories.person(DANAS, "Mallory", verified=False)
            user.set_password(self.mallory.password)
            user.save()
        if has_account:
            user = factories.person(MALLORYS, "Mallory")
            user.set_password(self.mallory.password)
            user.save()
            self.mallory.post("/accounts/login/", login=MALLORYS, password=self.mallory.password)

    @rule(who=ACTORS, email=ADDRESSES)
    def sign_up(self, who: str, email: str) -> None:
        actor = self.actor(who)
        form = {"name": actor.name, "email": email, "password1": actor.password}
        actor.post("/accounts/signup/", **form)

    @rule(who=ACTORS)
    def type_the_code(self, who: str) -> None:
        actor = self.actor(who)
        actor.post("/accounts/confirm-email/", code=actor.code())

    @rule(who=ACTORS)
    def send_it_again(self, who: str) -> None:
        self.actor(who).post("/accounts/confirm-email/resend/")

    @rule(who=ACTORS, email=ADDRESSES)
    def use_another_address(self, who: str, email: str) -> None:
        self.actor(who).post("/accounts/confirm-email/change/", email=email)

    @rule(who=ACTORS, email=ADDRESSES)
    def sign_in(self, who: str, email: str) -> None:
        actor = self.actor(who)
        actor.post("/accounts/login/", login=email, password=actor.password)

    @rule(who=ACTORS, email=ADDRESSES)
    def ask_for_a_sign_in_code(self, who: str, email: str) -> None:
        self.actor(who).post("/accounts/login/code/", email=email)

    @rule(who=ACTORS)
    def type_the_sign_in_code(self, who: str) -> None:
        actor = self.actor(who)
        actor.post("/accounts/login/code/confirm/", code=actor.code())

    @rule(who=ACTORS, email=ADDRESSES)
    def ask_for_a_reset(self, who: str, email: str) -> None:
        self.actor(who).post("/accounts/password/reset/", email=email)

    @rule(who=ACTORS)
    def use_the_reset(self, who: str) -> None:
        actor = self.actor(who)
        if link := actor.read(r"http://testserver(/accounts/password/reset/key/\S+)"):
            page = actor.get(link)
            if page.redirect_chain:
                new = {"password1": actor.password, "password2": actor.password}
                actor.post(page.redirect_chain[-1][0], **new)

    @rule(who=ACTORS, email=ADDRESSES)
    def add_an_address(self, who: str, email: str) -> None:
        self.actor(who).post("/accounts/email/", action_add="1", email=email)

    @rule(who=ACTORS, email=ADDRESSES, act=st.sampled_from(["primary", "remove", "send"]))
    def change_an_address(self, who: str, email: str, act: str) -> None:
        self.actor(who).post("/accounts/email/", **{f"action_{act}": "1", "email": email})

    @rule(who=ACTORS)
    def accept_the_invitation(self, who: str) -> None:
        actor = self.actor(who)
        link = self.links[who].get_absolute_url()
        actor.post(link, accept="1", name=actor.name, password1=actor.password)

    @rule(who=ACTORS)
    def prove_the_invited_address_too(self, who: str) -> None:
        self.actor(who).post(f"{self.links[who].get_absolute_url()}prove/")

    @rule(who=ACTORS, email=ADDRESSES)
    def find_my_account(self, who: str, email: str) -> None:
        self.actor(who).post("/start/find/", email=email)

    @rule(who=ACTORS)
    def type_the_code_of_find_my_account(self, who: str) -> None:
        actor = self.actor(who)
        actor.post("/start/find/", code=actor.code())

    @rule()
    def mallory_adds_a_second_step(self) -> None:
        if user := self.mallory.user:
            Authenticator.objects.get_or_create(
                user=user, type=Authenticator.Type.TOTP, defaults={"data": {"secret": "mallorys"}}
            )

    @rule(who=ACTORS)
    def sign_out(self, who: str) -> None:
        self.actor(who).post("/accounts/logout/")

    @rule(who=ACTORS)
    def take_another_browser(self, who: str) -> None:
        self.actor(who).browser = new_browser()

    @invariant()
    def mallory_has_nothing_of_danas(self) -> None:
        RateCounter.objects.all().delete()
        dana = people.holder(DANAS)
        intruder = self.mallory.user
        assert dana is None or intruder != dana, "Mallory is in as Dana"
        assert not EmailAddress.objects.filter(email=DANAS, user=intruder, verified=True).exists()
        if dana is not None:
            assert not dana.check_password(self.mallory.password), "Mallory's password works"
            assert dana.name == "Dana", "the name is Mallory's"
            assert not Authenticator.objects.filter(user=dana).exists()
            assert not EmailAddress.objects.filter(user=dana).exclude(email=DANAS).exists()
        proven = self.mallory.browser.session.get("proven")
        assert not proven or proven["email"] != DANAS

    def teardown(self) -> None:
        try:
            self.dana_gets_in()
        finally:
            transaction.set_rollback(True)
            self.sequence.__exit__(None, None, None)

    def dana_gets_in(self) -> None:
        """Whatever happened before, her mailbox lets her in."""
        self.dana.browser = new_browser()
        if people.is_taken(DANAS):
            self.ask_for_a_sign_in_code("Dana", DANAS)
            self.type_the_sign_in_code("Dana")
        else:
            self.sign_up("Dana", DANAS)
            self.type_the_code("Dana")
        assert self.dana.user is not None
        assert self.dana.user == people.holder(DANAS)
        self.mallory_has_nothing_of_danas()


@pytest.fixture
def no_wait(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Codes may be sent again at once: time is not what this is about."""
    monkeypatch.setattr(mailbox_proof, "RESEND_AFTER", timedelta(0))
    yield
    cache.clear()


@pytest.mark.embedded
@pytest.mark.usefixtures("no_wait")
@pytest.mark.django_db
def test_no_order_of_two_peoples_steps_takes_an_address_over() -> None:
    run_state_machine_as_test(
        TwoPeople,
        settings=settings(
            max_examples=ROUNDS,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert BusinessAccount.objects.count() == 0, "each sequence starts with an empty database"
