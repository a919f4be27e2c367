from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django import forms
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.test import RequestFactory

from accounts.templatetags import portal

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


class Sample(forms.Form):
    email = forms.EmailField(widget=forms.EmailInput(attrs={"placeholder": "Email address"}))
    role = forms.ChoiceField(choices=[("member", "Member")], widget=forms.RadioSelect)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Dana Reyes", "DR"),
        ("Dana", "D"),
        ("Dana María de la Cruz", "DC"),
        ("dana.reyes@acme.example", "DR"),
        ("bob@acme.example", "B"),
        ("åsa öst", "ÅÖ"),
        ("  ", "?"),
        ("@acme.example", "?"),
        (None, "?"),
    ],
)
def test_initials_stand_for_a_person(name: str | None, expected: str) -> None:
    assert portal.initials(name) == expected


@pytest.mark.parametrize(
    ("ahead", "expected"),
    [
        (timedelta(seconds=20), "now"),
        (timedelta(minutes=1, seconds=30), "in 1 minute"),
        (timedelta(minutes=-90), "90 minutes ago"),
        (timedelta(hours=3), "in 3 hours"),
        (timedelta(hours=-47), "47 hours ago"),
        (timedelta(days=12), "in 12 days"),
        (timedelta(days=14) - timedelta(seconds=5), "in 14 days"),
        (timedelta(hours=24) - timedelta(seconds=5), "in 24 hours"),
        (timedelta(days=99), "in 14 weeks"),
        (timedelta(days=-300), "9 months ago"),
        (timedelta(days=1200), "in 3 years"),
    ],
)
def test_a_moment_tells_its_distance(ahead: timedelta, expected: str) -> None:
    assert portal.distance(NOW + ahead, NOW) == expected


@pytest.mark.parametrize(
    ("label", "lead"),
    [("Email", "Email: "), ("What is it about?", "What is it about? "), ("", ""), (None, "")],
)
def test_a_label_leads_to_its_error(label: str | None, lead: str) -> None:
    assert portal.as_lead(label) == lead


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 11, 24), "today"),
        (date(2026, 11, 25), "tomorrow"),
        (date(2026, 11, 23), "yesterday"),
        (date(2027, 3, 3), "in 14 weeks"),
        (date(2026, 11, 12), "12 days ago"),
        (None, ""),
    ],
)
def test_a_day_tells_its_distance_in_days(day: date | None, expected: str) -> None:
    assert portal.distance(day, NOW) == expected


@pytest.mark.parametrize(
    ("tag", "expected"),
    [("success", "good"), ("error", "bad"), ("warning", "notice"), ("quiet", "quiet")],
)
def test_levels_become_meanings(tag: str, expected: str) -> None:
    assert portal.meaning(tag) == expected
    assert portal.meaning("anything else") == "info"


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("undo=/b/acme/members/", "/b/acme/members/"),
        ("undo=//evil.example/", ""),
        ("undo=https://evil.example/", ""),
        ("undo=/\\evil.example", ""),
        ("other=/b/", ""),
        ("", ""),
    ],
)
def test_undo_leads_only_to_our_own_pages(tags: str, expected: str) -> None:
    message = Message(constants.SUCCESS, "Dora was blocked.", extra_tags=tags)
    assert portal.undo_url(message) == expected


def test_an_address_is_carried_in_the_query() -> None:
    assert portal.with_email("/a/?next=%2Fb%2F", "d+x@acme.example") == (
        "/a/?next=%2Fb%2F&email=d%2Bx%40acme.example"
    )
    assert portal.with_email("/a/?email=old", "new@acme.example") == "/a/?email=new%40acme.example"
    assert portal.with_email("/a/", "") == "/a/"


def test_next_is_carried_on_only_when_it_is_ours() -> None:
    own = RequestFactory().get("/accounts/login/?next=/b/new/")
    foreign = RequestFactory().get("/accounts/login/?next=https://evil.example/")
    assert portal.with_next("/start/", own) == "/start/?next=%2Fb%2Fnew%2F"
    assert portal.with_next("/start/", foreign) == "/start/"
    assert portal.with_next("/start/", None) == "/start/"


def test_a_control_has_no_placeholder_and_is_tied_to_its_error() -> None:
    html = portal.control(Sample({})["email"], False)
    assert "placeholder" not in html
    assert 'inputmode="email"' in html
    assert 'aria-describedby="id_email_error"' in html
    assert 'aria-invalid="true"' in html


def test_a_control_is_tied_to_its_hint() -> None:
    assert 'aria-describedby="id_email_helptext"' in portal.control(Sample()["email"], True)
    assert "aria-describedby" not in portal.control(Sample()["email"], False)


def test_a_choice_has_its_explanation() -> None:
    form = Sample()
    form.fields["role"].explanations = {"member": "Sees everything."}  # type: ignore[attr-defined]
    assert portal.explanation(form["role"], "member") == "Sees everything."
    assert portal.explanation(form["role"], "owner") == ""
    assert portal.explanation(form["email"], "member") == ""


def test_steps_before_the_present_one_are_done() -> None:
    states = [step.state for step in portal.journey_steps("verify")]
    assert states == ["done", "done", "now", "ahead", "ahead"]
    assert portal.journey_steps("")[0].state == "now"
    assert {step.state for step in portal.journey_steps("done")} == {"done"}


@pytest.mark.parametrize(
    ("user_agent", "expected"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/156 Safari/537.36 Edg/156", "Edge on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Firefox/150.0", "Firefox on Linux"),
        ("Mozilla/5.0 (iPhone; like Mac OS X) Version/20 Safari/604.1", "Safari on iPhone"),
        ("curl/8.5", "Unknown browser"),
    ],
)
def test_a_browser_has_the_name_people_use(user_agent: str, expected: str) -> None:
    assert portal.browser(user_agent) == expected


def test_a_missing_mapping_answers_nothing() -> None:
    assert portal.lookup({"a": 1}, "a") == 1
    assert portal.lookup(None, "a") == ""
