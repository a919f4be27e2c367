"""The command that brings all seeds under the first key."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core.management import CommandError, call_command

from accounts.directory.models import User
from tests.accounts.sign_in.test_seeds import ONE, OTHER, SEED

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


def run() -> str:
    output = StringIO()
    call_command("encrypt_seeds", stdout=output)
    return output.getvalue()


def test_it_says_what_it_did_and_may_run_again(alice: User, settings: Any) -> None:
    settings.PORTAL_SEED_KEYS = ["clear", ONE]
    TOTP.activate(alice, SEED)
    settings.PORTAL_SEED_KEYS = [ONE]

    assert "1 second steps written anew, 0 as is" in run()
    assert "0 second steps written anew, 1 as is" in run()
    assert SEED not in str(Authenticator.objects.get().data)


def test_it_fails_where_no_key_fits(alice: User, settings: Any) -> None:
    settings.PORTAL_SEED_KEYS = [ONE]
    TOTP.activate(alice, SEED)
    settings.PORTAL_SEED_KEYS = [OTHER]

    with pytest.raises(CommandError, match="1 second steps fit none"):
        run()
