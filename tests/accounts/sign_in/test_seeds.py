"""Seeds of second steps: unreadable without the keys, and still the way in."""

from __future__ import annotations

import time
from typing import Any

import pytest
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.test import Client
from django.urls import reverse

from accounts.directory.models import User
from accounts.errors import SeedUnreadable
from accounts.sign_in import seeds
from accounts.sign_in.actions import seeds as all_seeds
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]

ONE, OTHER = "qZ7vL2mXc9RtBw4KsYp8NfGh3JdTa6Eu", "mB6xQ1wZs8VnTr3KyLd5HgJf9PaCu2Ei"
SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code(secret: str = SEED) -> str:
    return str(totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30)))


def stored(user: User) -> str:
    """Everything that the database holds of this person's second steps."""
    return str(list(Authenticator.objects.filter(user=user).values_list("data", flat=True)))


def test_neither_seed_stands_in_the_database(alice: User, settings: Any) -> None:
    settings.PORTAL_SEED_KEYS = [ONE]

    step = totp.TOTP.activate(alice, SEED)
    codes = RecoveryCodes.activate(alice)

    assert SEED not in stored(alice)
    assert step.validate_code(code())
    assert len(set(codes.generate_codes())) == 10
    for shown in codes.generate_codes():
        assert shown not in stored(alice)


def test_alice_signs_in_with_an_encrypted_second_step(alice: User, settings: Any) -> None:
    settings.PORTAL_SEED_KEYS = [ONE]
    totp.TOTP.activate(alice, SEED)
    browser = Client()

    browser.post(reverse("account_login"), {"login": alice.email, "password": factories.PASSWORD})
    page = browser.post(reverse("mfa_authenticate"), {"code": code()}, follow=True)

    assert page.wsgi_request.user == alice


def test_the_first_key_encrypts_and_all_decrypt(settings: Any) -> None:
    settings.PORTAL_SEED_KEYS = [ONE]
    old = seeds.encrypt(SEED)

    settings.PORTAL_SEED_KEYS = [OTHER, ONE]
    assert seeds.decrypt(old) == SEED
    assert not seeds.is_current(old)
    new = seeds.encrypt(SEED)
    assert seeds.is_current(new)

    settings.PORTAL_SEED_KEYS = [OTHER]
    assert seeds.decrypt(new) == SEED
    with pytest.raises(SeedUnreadable):
        seeds.decrypt(old)
    with pytest.raises(SeedUnreadable):
        seeds.decrypt(new[:-4] + "AAA=")


def test_with_clear_in_front_the_release_before_reads_and_writes(
    alice: User, settings: Any
) -> None:
    """SPEC 6: it runs allauth's own adapter, which keeps seeds as they are."""
    before = DefaultMFAAdapter()
    settings.PORTAL_SEED_KEYS = ["clear", ONE]

    assert before.decrypt(seeds.encrypt(SEED)) == SEED
    assert seeds.decrypt(before.encrypt(SEED)) == SEED
    settings.PORTAL_SEED_KEYS = [ONE]
    assert seeds.decrypt(before.encrypt(SEED)) == SEED


def test_old_rows_are_encrypted_and_can_go_back(alice: User, bob: User, settings: Any) -> None:
    settings.PORTAL_SEED_KEYS = ["clear", ONE]
    for person in (alice, bob):
        totp.TOTP.activate(person, SEED)
    codes = RecoveryCodes.activate(alice).generate_codes()
    RecoveryCodes.activate(bob)
    migrated = Authenticator.objects.get(user=bob, type="recovery_codes")
    migrated.data = {"migrated_codes": ["11112222", "33334444"]}
    migrated.save()
    before = stored(alice), stored(bob)

    settings.PORTAL_SEED_KEYS = [ONE]
    assert all_seeds.rewrite_all() == all_seeds.Rewritten(changed=4)
    assert SEED not in stored(alice) + stored(bob)
    assert "11112222" not in stored(bob)
    assert all_seeds.rewrite_all() == all_seeds.Rewritten(unchanged=4)
    assert totp.TOTP(Authenticator.objects.get(user=alice, type="totp")).validate_code(code())
    held = Authenticator.objects.get(user=alice, type="recovery_codes")
    assert RecoveryCodes(held).generate_codes() == codes
    assert RecoveryCodes(held).validate_code(codes[3])
    assert RecoveryCodes(migrated).validate_code("33334444")

    settings.PORTAL_SEED_KEYS = ["clear", ONE]
    assert all_seeds.rewrite_all().changed == 4
    assert stored(alice).replace("'used_mask': 8", "'used_mask': 0") == before[0]
    assert SEED in stored(bob)


def test_a_lost_key_lets_nobody_in_and_is_said(alice: User, settings: Any) -> None:
    settings.PORTAL_SEED_KEYS = [ONE]
    totp.TOTP.activate(alice, SEED)
    settings.PORTAL_SEED_KEYS = [OTHER]
    browser = Client()

    browser.post(reverse("account_login"), {"login": alice.email, "password": factories.PASSWORD})
    for given in (code(), code("")):  # an empty seed would have a code that anybody can work out
        page = browser.post(reverse("mfa_authenticate"), {"code": given})
        assert page.status_code == 409
        assert "check your second step right now" in page.content.decode()
        assert not page.wsgi_request.user.is_authenticated
    assert all_seeds.rewrite_all() == all_seeds.Rewritten(unreadable=1)
