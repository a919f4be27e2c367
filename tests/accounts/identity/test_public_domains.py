"""Where anybody can have a mailbox: asked in Python and in SQL alike."""

from __future__ import annotations

import pytest

from accounts.directory.models import User
from accounts.identity.public_domains import is_public, public
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


@pytest.mark.parametrize(
    ("domain", "answer"),
    [
        ("gmail.com", True),
        ("yahoo.co.jp", True),
        ("zoho.com", True),
        ("yahoology.example", False),
        ("acme.example", False),
        ("mail.acme.example", False),
    ],
)
def test_sql_and_python_agree(domain: str, *, answer: bool) -> None:
    person = factories.person(f"ann@{domain}")

    assert is_public(domain) is answer
    assert User.objects.filter(public("email_domain"), pk=person.pk).exists() is answer
