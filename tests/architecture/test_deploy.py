"""What stands in deploy/ is about figures that the portal gives."""

from __future__ import annotations

import json
import re
from typing import Final

import yaml

from tests.architecture import source

_DASHBOARD: Final = source.ROOT / "deploy" / "grafana" / "dashboard.json"
_ALERTS: Final = source.ROOT / "deploy" / "prometheus" / "alerts.yml"
_METRICS: Final = source.ROOT / "onboarding" / "operations" / "metrics.py"
_FIGURE: Final = re.compile(r"portal_[a-z_]+")
_SUFFIX: Final = re.compile(r"_(total|bucket|sum|count)$")


def test_dashboard_and_alerts_ask_for_figures_that_there_are() -> None:
    there = set(_FIGURE.findall(_METRICS.read_text("utf-8")))
    asked = {_SUFFIX.sub("", name) for each in _expressions() for name in _FIGURE.findall(each)}

    assert asked - there == set()
    assert there - asked == set(), "nobody would see it"


def test_every_alert_says_what_it_means() -> None:
    (group,) = yaml.safe_load(_ALERTS.read_text("utf-8"))["groups"]

    assert [rule["alert"] for rule in group["rules"] if not rule["annotations"]["summary"]] == []
    assert {rule["labels"]["severity"] for rule in group["rules"]} == {"page", "ticket"}


def _expressions() -> list[str]:
    dashboard = json.loads(_DASHBOARD.read_text("utf-8"))
    (group,) = yaml.safe_load(_ALERTS.read_text("utf-8"))["groups"]
    shown = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    return shown + [rule["expr"] for rule in group["rules"]]
