"""A file of purchases rests on somebody of staff, also when a worker takes it up later."""

from __future__ import annotations

from collections.abc import Callable
from unittest import mock

import pytest

from accounts.directory.models import User
from licensing.purchases.actions import files, uploads
from licensing.purchases.models import Purchase, PurchaseImport
from licensing.purchases.models.purchase_import import ImportState
from tests import factories
from tests.licensing import purchase_factories
from tests.licensing.purchase_factories import NOW
from tests.licensing.uploads import checked, started, state, upload, work

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]


def staff(email: str) -> User:
    person = factories.person(email)
    person.is_staff = True
    person.save(update_fields=["is_staff"])
    return person


@pytest.mark.parametrize("lost", ["is_staff", "is_active"])
@pytest.mark.parametrize("begun", [upload, started])
def test_what_somebody_began_who_left_the_staff_is_discarded(
    begun: Callable[..., PurchaseImport], lost: str, sam: User
) -> None:
    came = begun(sam, purchase_factories.line())
    User.objects.filter(pk=sam.pk).update(**{lost: False})

    uploads.work_on_waiting(clock=lambda: NOW)

    assert state(came) is ImportState.DISCARDED
    assert not came.file.path.exists()
    assert not Purchase.objects.exists()


def test_whoever_starts_it_stands_for_it_and_not_whoever_brought_it(sam: User) -> None:
    came = checked(sam, purchase_factories.line())
    vera = staff("vera@portal.example")
    uploads.start(upload=came, by=vera, now=NOW)
    User.objects.filter(pk=sam.pk).update(is_staff=False)

    work(came)

    assert state(came) is ImportState.IMPORTED


def test_whoever_takes_up_a_stopped_import_stands_for_it(sam: User) -> None:
    came = started(sam, purchase_factories.line())
    dying = mock.patch.object(files, "import_file", side_effect=ZeroDivisionError)
    with dying, pytest.raises(ZeroDivisionError):
        work(came)
    User.objects.filter(pk=sam.pk).update(is_active=False)

    uploads.try_again(upload=came, by=staff("vera@portal.example"))
    work(came)

    assert state(came) is ImportState.IMPORTED
