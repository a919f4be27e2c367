"""Each package declares the limits of its own acts."""

from __future__ import annotations

import re

import pytest

from accounts import limits
from accounts.limits import rates
from tests.architecture import source

_ACTIONS = re.compile(r'limits\.consume\([^()]*\baction="(\w+)"')


@pytest.mark.parametrize("package", source.PACKAGES)
def test_a_package_counts_only_acts_that_have_a_limit(package: str) -> None:
    counted = {
        action
        for path in source.modules(package)
        for action in _ACTIONS.findall(path.read_text("utf-8"))
    }

    assert counted
    assert counted <= set(limits.RATES)


def test_accounts_limits_its_own_acts_only() -> None:
    foreign = {"api", "device", "key", "key_entry", "purchase_file", "request_file", "support"}

    assert foreign.isdisjoint(rates._RATES)
    assert foreign <= set(limits.RATES)


def test_no_two_packages_limit_the_same_act() -> None:
    with pytest.raises(AssertionError):
        limits.declare({"api": limits.RATES["api"]}, of_people=())
