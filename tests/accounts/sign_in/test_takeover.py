"""Nobody takes an address over, in whatever order two people act (SPEC 4.1).

Dana reads the mail to hers, Mallory reads the mail to his, and both try everything at every door.
PORTAL_TEST_ROUNDS=10000 runs the full number of sequences; the suite runs a few.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, Final

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
    precondition,
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


ADDRESSES = st.sampled_from([DANAS, DANAS, MALLORYS])
Step = Callable[..., None]


def whoever(can: str, **drawn: Any) -> Callable[[Step], Step]:
    """A rule for whoever of the two `can` do it now: steps that do nothing show nothing."""

    def able(machine: TwoPeople) -> list[Actor]:
        return [actor for actor in machine.actors if getattr(actor, can)]

    def decorate(step: Step) -> Step:
        def taken(self: TwoPeople, data: st.DataObject, **more: str) -> None:
            step(self, data.draw(st.sampled_from(able(self))), **more)

        taken.__name__ = step.__name__
        as_rule: Callable[[Step], Step] = rule(data=st.data(), **drawn)
        ready: Step = precondition(lambda self: bool(able(self)))(as_rule(taken))
        return ready

    return decorate


class TwoPeople(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.sequence = transaction.atomic()
        self.sequence.__enter__()
        cache.clear()
        self.dana = Actor("Dana", DANAS, "dana keeps this one secret")
        self.mallory = Actor("Mallory", MALLORYS, "mallory knows this one well")
        self.actors = (self.dana, self.mallory)
        alice = factories.person("alice@acme.example")
        now = timezone.now()
        self.acme = factories.business_account("Acme Corp", administrator=alice, now=now)
        self.links = {
            actor.name: factories.invitation(self.acme, actor.mailbox, by=alice, now=now)
            for actor in self.actors
        }

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

    @whoever("is_out", email=ADDRESSES)
    def sign_up(self, actor: Actor, email: str) -> None:
        form = {"name": actor.name, "email": email, "password1": actor.password}
        actor.post("/accounts/signup/", **form)

    @whoever("waits_for_a_code")
    def type_the_code(self, actor: Actor) -> None:
        actor.post("/accounts/confirm-email/", code=actor.code())

    @whoever("waits_for_a_code")
    def send_it_again(self, actor: Actor) -> None:
        actor.post("/accounts/confirm-email/resend/")

    @whoever("signs_up", email=ADDRESSES)
    def use_another_address(self, actor: Actor, email: str) -> None:
        actor.post("/accounts/confirm-email/change/", email=email)

    @whoever("is_out", email=ADDRESSES)
    def sign_in(self, actor: Actor, email: str) -> None:
        actor.post("/accounts/login/", login=email, password=actor.password)

    @whoever("is_out", email=ADDRESSES)
    def ask_for_a_sign_in_code(self, actor: Actor, email: str) -> None:
        actor.post("/accounts/login/code/", email=email)

    @whoever("waits_for_a_sign_in_code")
    def type_the_sign_in_code(self, actor: Actor) -> None:
        actor.post("/accounts/login/code/confirm/", code=actor.code())

    @whoever("is_out", email=ADDRESSES)
    def ask_for_a_reset(self, actor: Actor, email: str) -> None:
        actor.post("/accounts/password/reset/", email=email)

    @whoever("has_a_reset_link")
    def use_the_reset(self, actor: Actor) -> None:
        if link := actor.read(r"http://testserver(/accounts/password/reset/key/\S+)"):
            page = actor.get(link)
            if page.redirect_chain:
                new = {"password1": actor.password, "password2": actor.password}
                actor.post(page.redirect_chain[-1][0], **new)

    @whoever("is_in", email=ADDRESSES)
    def add_an_address(self, actor: Actor, email: str) -> None:
        actor.post("/accounts/email/", action_add="1", email=email)

    @whoever("is_in", email=ADDRESSES, act=st.sampled_from(["primary", "remove", "send"]))
    def change_an_address(self, actor: Actor, email: str, act: str) -> None:
        actor.post("/accounts/email/", **{f"action_{act}": "1", "email": email})

    @whoever("is_there")
    def accept_the_invitation(self, actor: Actor) -> None:
        link = self.links[actor.name].get_absolute_url()
        actor.post(link, accept="1", name=actor.name, password1=actor.password)

    @whoever("is_in")
    def prove_the_invited_address_too(self, actor: Actor) -> None:
        actor.post(f"{self.links[actor.name].get_absolute_url()}prove/")

    @whoever("is_there", email=ADDRESSES)
    def find_my_account(self, actor: Actor, email: str) -> None:
        actor.post("/start/find/", email=email)

    @whoever("waits_for_a_finding_code")
    def type_the_code_of_find_my_account(self, actor: Actor) -> None:
        actor.post("/start/find/", code=actor.code())

    @precondition(lambda self: self.mallory.is_in)
    @rule()
    def mallory_adds_a_second_step(self) -> None:
        if user := self.mallory.user:
            Authenticator.objects.get_or_create(
                user=user, type=Authenticator.Type.TOTP, defaults={"data": {"secret": "mallorys"}}
            )

    @whoever("is_in")
    def sign_out(self, actor: Actor) -> None:
        actor.post("/accounts/logout/")

    @whoever("is_there")
    def take_another_browser(self, actor: Actor) -> None:
        actor.browser = new_browser()

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
            self.dana.post("/accounts/login/code/", email=DANAS)
            self.dana.post("/accounts/login/code/confirm/", code=self.dana.code())
        else:
            form = {"name": "Dana", "email": DANAS, "password1": self.dana.password}
            self.dana.post("/accounts/signup/", **form)
            self.dana.post("/accounts/confirm-email/", code=self.dana.code())
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
