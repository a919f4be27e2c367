"""The example console: it trusts no document that isn't ours, waits politely, works by file."""

from __future__ import annotations

import json
import stat
import time
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from pytest_django import Settings

from accounts.models import BusinessAccount, User
from examples import ras_console
from examples.ras_console import Problem, State
from licensing import documents, request_files, signing_keys, tokens
from licensing.actions import instances, requests
from licensing.actions.requests import Choice
from licensing.models import Activation, ActivationRequest, Instance, License, UsageDay
from tests.examples.portal import Answer, FakeTime, Network
from tests.licensing import forgery, stock
from tests.licensing.test_documents import GRANT
from tests.personas import SignIn

PORTAL: Final = "http://testserver"
PENDING: Final = {"error": "authorization_pending"}
CODES: Final = {"interval": 5, "expires_in": 1800}


# --- Documents --------------------------------------------------------------------------------


def grant(**changes: Any) -> documents.Grant:
    now = timezone.now()
    fresh = {"issued_at": now, "ends_at": now + timedelta(days=30)}
    return replace(GRANT, **(fresh | changes))


@pytest.fixture
def state(tmp_path: Path) -> State:
    """An instance that has met the portal."""
    state = State(tmp_path / "state.json", portal=PORTAL, instance_id=GRANT.instance_id)
    state.learn(documents.key_set())
    return state


def accepted(document: str, state: State, typ: str = ras_console.LICENSE) -> bool:
    try:
        ras_console.verify(document, state, typ)
    except Problem as problem:
        return bool(problem.args[0] != ras_console.UNTRUSTED)
    return True


def ours(claims: dict[str, Any], settings: Settings, **header: Any) -> str:
    """Claims of the caller's choice under our own signature."""
    key = signing_keys.parse(settings.PORTAL_LICENSE_KEY)[0]
    assert key.private is not None
    return forgery.signed(claims, key=key.private, kid=key.kid, **header)


def test_what_the_portal_signs_is_accepted(state: State) -> None:
    assert accepted(documents.sign_license(grant()), state)


def test_with_any_byte_changed_it_is_refused(state: State) -> None:
    document = documents.sign_license(grant())

    assert not any(accepted(changed, state) for changed in forgery.flipped(document))


def test_forged_documents_are_refused(state: State) -> None:
    document = documents.sign_license(grant())
    kid, x = next(iter(state.keys.items()))
    foreign = Ed25519PrivateKey.generate()
    claims = forgery.claims(document)
    forged = {
        "spelled otherwise": forgery.respelled(document),
        "alg none": forgery.unsigned(document),
        "HS256 with the public key": forgery.with_public_key_as_secret(document, x),
        "brings its key": forgery.with_its_own_key(claims, kid=kid),
        "brings its key and kid": forgery.with_its_own_key(claims, kid="theirs"),
        "signed by somebody": [forgery.signed(claims, key=foreign, kid=kid)],
        "a key that isn't the portal's": [forgery.signed(claims, key=foreign, kid="foreign")],
        "nothing at all": ["", ".", "..", "a.b.c", document.split(".")[0], "{}", "\x00", "ü.ü.ü"],
    }

    believed = [
        name for name, texts in forged.items() if any(accepted(text, state) for text in texts)
    ]

    assert believed == []


def test_our_own_signature_is_not_enough(state: State, settings: Settings) -> None:
    claims = forgery.claims(documents.sign_license(grant()))
    now = int(time.time())
    wrong: dict[str, dict[str, Any]] = {
        "another instance": {"sub": "00000000-0000-4000-8000-000000000000"},
        "another portal": {"iss": "http://elsewhere.example"},
        "another product": {"aud": "desktop"},
        "expired": {"exp": now - 400},
        "from the future": {"iat": now + 400},
        "without an end": {"exp": None},
        "without a sequence": {"seq": None},
    }

    believed = [
        name
        for name, changes in wrong.items()
        if accepted(
            ours({key: of for key, of in (claims | changes).items() if of is not None}, settings),
            state,
        )
    ]

    assert believed == []
    assert accepted(ours(claims, settings), state)
    assert not accepted(ours(claims, settings, typ="JWT"), state)


def test_clocks_may_differ_by_five_minutes(state: State, settings: Settings) -> None:
    claims = forgery.claims(documents.sign_license(grant()))
    now = int(time.time())

    assert accepted(ours(claims | {"exp": now - 200}, settings), state)
    assert accepted(ours(claims | {"iat": now + 200, "nbf": now + 200}, settings), state)


def test_a_receipt_is_no_license_and_a_license_no_receipt(state: State) -> None:
    now = timezone.now()
    receipt = documents.sign_receipt(
        instance_id=GRANT.instance_id, activation_id="a", ending="console", at=now, now=now
    )

    assert not accepted(receipt, state)
    assert accepted(receipt, state, ras_console.RECEIPT)
    assert not accepted(documents.sign_license(grant()), state, ras_console.RECEIPT)


def test_the_sequence_never_goes_back(state: State) -> None:
    third, second = (documents.sign_license(grant(sequence=number)) for number in (3, 2))
    other_third = documents.sign_license(grant(sequence=3, seats=999))
    state.accept(third)

    for older in (second, other_third):
        with pytest.raises(Problem, match="no newer"):
            state.accept(older)

    assert state.accept(third)
    assert State.load(state.path).license == third


def test_a_pinned_key_never_changes(state: State) -> None:
    kid, before = next(iter(state.keys.items()))
    changed = {"keys": [{"kid": kid, "crv": "Ed25519", "x": "A" * 43}]}

    with pytest.raises(Problem, match="isn't the one"):
        state.learn(changed)

    assert state.keys[kid] == before


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {},
            "Licensed for 100 users until Feb 3, 2027 under Subscription 2027 (key …K7Q2D). "
            "Checked: signature, instance, dates.",
        ),
        (
            {"expires_on": None, "max_version": 20, "license_name": "Permanent 2023", "seats": 25},
            "Licensed for 25 users without an end, for versions up to 20, under Permanent 2023 "
            "(key …K7Q2D). Checked: signature, instance, dates.",
        ),
        (
            {"limited": True, "expires_on": date(2026, 12, 24)},
            "Licensed for 100 users until Dec 24, 2026 under Subscription 2027 (key …K7Q2D). "
            "Too many users for over a week: sign-ins are limited. "
            "Checked: signature, instance, dates.",
        ),
    ],
)
def test_it_says_in_plain_words_what_it_got(changes: dict[str, Any], words: str) -> None:
    claims = forgery.claims(documents.sign_license(grant(**changes)))

    assert ras_console.in_words(claims) == words


# --- Waiting ----------------------------------------------------------------------------------


@pytest.fixture
def fake_time(monkeypatch: pytest.MonkeyPatch) -> FakeTime:
    fake = FakeTime()
    monkeypatch.setattr(ras_console, "time", fake)
    return fake


def wait(fake: FakeTime, *answers: Answer, codes: dict[str, Any] = CODES) -> tuple[Any, list[int]]:
    """What came of it, and the seconds before each poll."""
    polls: list[float] = []
    given = iter(answers)

    def ask() -> Answer:
        polls.append(fake.now)
        return next(given)

    began = fake.now
    try:
        outcome: Any = ras_console.wait_for_answer(ask, codes)
    except Problem as problem:
        outcome = problem.args[0]
    moments = [began, *polls]
    return outcome, [round(b - a) for a, b in pairwise(moments)]


def said(error: str, **more: Any) -> Answer:
    return False, {"error": error, **more}


def test_it_polls_at_the_interval_that_it_was_given(fake_time: FakeTime) -> None:
    answers = [said("authorization_pending")] * 3

    outcome, pauses = wait(fake_time, *answers, (True, {"access_token": "t"}))

    assert outcome == {"access_token": "t"}
    assert pauses == [5, 5, 5, 5]


def test_without_an_interval_it_is_five_seconds(fake_time: FakeTime) -> None:
    _outcome, pauses = wait(fake_time, (True, {}), codes={"expires_in": 60})

    assert pauses == [5]


def test_slow_down_is_kept(fake_time: FakeTime) -> None:
    pending, slow = said("authorization_pending"), said("slow_down")

    _outcome, pauses = wait(fake_time, slow, pending, slow, pending, (True, {}))

    assert pauses == [5, 10, 10, 15, 15]


def test_the_portal_may_ask_for_a_longer_interval(fake_time: FakeTime) -> None:
    _outcome, pauses = wait(fake_time, said("slow_down", interval=30), (True, {}))

    assert pauses == [5, 30]


def test_a_network_that_fails_is_no_denial(fake_time: FakeTime) -> None:
    pending = said("authorization_pending")

    outcome, pauses = wait(fake_time, None, None, None, None, None, pending, (True, {}))

    assert outcome == {}
    assert pauses == [5, 10, 20, 40, 60, 60, 5]


def test_without_a_network_until_the_end_it_gives_up(fake_time: FakeTime) -> None:
    outcome, pauses = wait(fake_time, *[None] * 99, codes={"interval": 5, "expires_in": 120})

    assert outcome == ras_console.NO_NETWORK
    assert sum(pauses) < 240


def test_a_request_that_was_handed_over_is_waited_for(fake_time: FakeTime) -> None:
    """Nothing answers for half an hour while 24 hours are left."""
    prolonged = said("authorization_pending", interval=5, expires_in=86_400)

    outcome, _pauses = wait(fake_time, prolonged, *[None] * 40, (True, {"access_token": "t"}))

    assert outcome == {"access_token": "t"}


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("access_denied", ras_console.REFUSED),
        ("expired_token", ras_console.TOO_LATE),
        ("invalid_grant", ras_console.REFUSED),
        ("anything_else", ras_console.REFUSED),
    ],
)
def test_a_refusal_ends_the_waiting(fake_time: FakeTime, error: str, code: int) -> None:
    assert wait(fake_time, said(error))[0] == code


def test_an_answer_that_was_lost_on_its_way_is_no_refusal(fake_time: FakeTime) -> None:
    assert wait(fake_time, None, said("invalid_grant"))[0] == ras_console.NO_NETWORK


# --- The whole console before the whole portal ------------------------------------------------


class Farm:
    """A console with a state file of its own, and what it said."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str], network: Network) -> None:
        self.folder, self.capsys, self.network = folder, capsys, network
        self.request, self.state = folder / "farm.rasreq", folder / "state.json"
        self.said = ""

    def run(self, *words: str) -> int:
        files = ["--state", str(self.state), "--request", str(self.request)]
        code = ras_console.main([*words, *files])
        printed = self.capsys.readouterr()
        self.said = printed.out + printed.err
        return code

    def holds(self) -> State:
        return State.load(self.state)


@pytest.fixture
def farm(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    fake_time: FakeTime,
) -> Farm:
    network = Network()
    monkeypatch.setattr(httpx, "Client", partial(httpx.Client, transport=network))
    return Farm(tmp_path, capsys, network)


def activate(farm: Farm, fake_time: FakeTime, account: BusinessAccount, by: User) -> int:
    """Run `activate`; a person approves while it waits."""

    def approve() -> None:
        now = timezone.now()
        license = License.objects.first() or stock.subscription(account, now=now)
        request = ActivationRequest.objects.filter(status="pending").first()
        if request is not None:
            choice = Choice(key=stock.primary_key(license))
            requests.approve(request=request, account=account, choice=choice, by=by, now=now)

    fake_time.then = approve
    code = farm.run("activate", "--portal", PORTAL, "--name", "Farm One")
    fake_time.then = lambda: None
    return code


@pytest.mark.django_db
def test_an_instance_is_activated_used_and_deactivated(
    farm: Farm, fake_time: FakeTime, acme: BusinessAccount, alice: User
) -> None:
    assert activate(farm, fake_time, acme, alice) == 0
    request = ActivationRequest.objects.get()
    assert request.display_code in farm.said
    assert f"{PORTAL}/activate/?code={request.display_code}" in farm.said
    assert "Licensed for 100 users until" in farm.said
    assert stat.S_IMODE(farm.state.stat().st_mode) == 0o600

    assert farm.run("status") == 0
    assert "The document is good until" in farm.said

    assert farm.run("check-in", "--peak-users", "41", "--date", "2026-11-23") == 0
    assert UsageDay.objects.get().peak_users == 41
    assert farm.holds().usage == {}

    assert farm.run("deactivate") == 0
    assert "the seat is free (console). Receipt checked." in farm.said
    assert not Activation.objects.live().exists()
    assert (farm.holds().license, farm.holds().token) == ("", "")
    assert farm.run("status") == ras_console.NOT_LICENSED


@pytest.mark.django_db
def test_what_was_measured_outlives_a_network_that_fails(
    farm: Farm, fake_time: FakeTime, acme: BusinessAccount, alice: User
) -> None:
    activate(farm, fake_time, acme, alice)
    farm.network.is_cut = True
    assert farm.run("check-in", "--peak-users", "41", "--date", "2026-11-22") == 5
    assert "doesn't answer" in farm.said
    farm.network.is_cut = False

    assert farm.run("check-in", "--peak-users", "12", "--date", "2026-11-23") == 0

    assert dict(UsageDay.objects.values_list("date", "peak_users")) == {
        date(2026, 11, 22): 41,
        date(2026, 11, 23): 12,
    }


@pytest.mark.django_db
def test_a_portal_that_can_not_be_reached_is_no_denial(farm: Farm) -> None:
    farm.network.is_cut = True

    assert farm.run("activate", "--portal", PORTAL) == ras_console.NO_NETWORK


@pytest.mark.django_db
def test_a_denial_is_told(farm: Farm, fake_time: FakeTime, alice: User) -> None:
    def deny() -> None:
        for request in ActivationRequest.objects.filter(status="pending"):
            requests.deny(request=request, by=alice, now=timezone.now())

    fake_time.then = deny

    assert farm.run("activate", "--portal", PORTAL) == ras_console.REFUSED

    assert "denied" in farm.said
    assert farm.holds().license == ""


@pytest.mark.django_db
def test_when_nobody_answers_in_time_it_says_so(farm: Farm, fake_time: FakeTime) -> None:
    fake_time.then = lambda: ActivationRequest.objects.update(
        expires_at=timezone.now() - timedelta(seconds=1)
    )

    assert farm.run("activate", "--portal", PORTAL) == ras_console.TOO_LATE


@pytest.mark.django_db
def test_a_portal_by_another_name_is_refused_before_anything_happens(farm: Farm) -> None:
    assert farm.run("activate", "--portal", "http://127.0.0.1") == ras_console.USAGE

    assert "use --portal http://testserver" in farm.said
    assert not ActivationRequest.objects.exists()


@pytest.mark.django_db
def test_after_a_rotation_the_new_key_is_learned_beside_the_old_one(
    farm: Farm, fake_time: FakeTime, acme: BusinessAccount, alice: User, settings: Settings
) -> None:
    activate(farm, fake_time, acme, alice)
    before = farm.holds().keys
    now = timezone.now()
    settings.PORTAL_LICENSE_KEY = signing_keys.rotated(
        settings.PORTAL_LICENSE_KEY, signs_from=now - timedelta(seconds=1), now=now
    )

    assert farm.run("check-in") == 0

    assert before.items() < farm.holds().keys.items()
    assert forgery.header(farm.holds().license)["kid"] not in before


@pytest.mark.django_db
def test_a_portal_that_swaps_its_key_is_not_believed(
    farm: Farm, fake_time: FakeTime, acme: BusinessAccount, alice: User, settings: Settings
) -> None:
    activate(farm, fake_time, acme, alice)
    held = farm.holds()
    fresh = json.loads(signing_keys.first_key_set(now=timezone.now()))["keys"][0]
    kid = next(iter(held.keys))
    settings.PORTAL_LICENSE_KEY = json.dumps({"keys": [{**fresh, "kid": kid}]})

    assert farm.run("check-in") == ras_console.UNTRUSTED

    assert farm.holds().license == held.license


@pytest.mark.django_db
def test_deactivated_in_the_portal_it_learns_so_at_its_next_check_in(
    farm: Farm, fake_time: FakeTime, acme: BusinessAccount, alice: User
) -> None:
    activate(farm, fake_time, acme, alice)
    instances.deactivate(instance=Instance.objects.get(), by=alice, now=timezone.now())

    assert farm.run("check-in") == ras_console.NOT_LICENSED


@pytest.mark.django_db
def test_a_state_file_that_was_tampered_with_licenses_nothing(
    farm: Farm, fake_time: FakeTime, acme: BusinessAccount, alice: User
) -> None:
    activate(farm, fake_time, acme, alice)
    state = farm.holds()
    head, claims, signature = state.license.split(".")
    state.license = f"{head}.{claims[:-8]}AAAAAAAA.{signature}"
    state.save()

    assert farm.run("status") == ras_console.UNTRUSTED


def test_a_damaged_state_file_is_told(farm: Farm) -> None:
    farm.state.write_text("{")

    assert farm.run("status") == ras_console.USAGE


@pytest.mark.parametrize("command", ["status", "check-in", "deactivate"])
def test_without_a_license_there_is_nothing_to_do(farm: Farm, command: str) -> None:
    assert farm.run(command) == ras_console.NOT_LICENSED


# --- By file ----------------------------------------------------------------------------------


def test_console_and_portal_count_the_same_checksum() -> None:
    fields = {"type": "ras_activation_request", "instance_name": "Farm Zürich", "usage": [1, 2]}

    checksum = ras_console.checksum(fields)

    assert checksum == tokens.dashed(tokens.checksum(request_files.digest(fields)))


def carry(farm: Farm, browser: Any) -> str:
    """Bring the request file to the page; where it leads."""
    uploaded = SimpleUploadedFile("farm.rasreq", farm.request.read_bytes())
    address: str = browser.post("/activate/offline/", {"file": uploaded})["Location"]
    return address


def bring(farm: Farm, browser: Any, address: str, name: str) -> str:
    """Carry a file of the portal to the instance."""
    path = farm.folder / name
    path.write_bytes(browser.get(address).content)
    return str(path)


@pytest.mark.django_db
def test_by_file_it_is_activated_refreshed_and_deactivated(
    farm: Farm, acme: BusinessAccount, alice: User, sign_in: SignIn
) -> None:
    browser, now = sign_in(alice), timezone.now()
    license = stock.subscription(acme, now=now)
    assert farm.run("activate", "--offline", "--portal", PORTAL, "--name", "Farm One") == 0
    carry(farm, browser)
    request = ActivationRequest.objects.get()
    assert request.display_code in farm.said
    choice = Choice(key=stock.primary_key(license))
    requests.approve(request=request, account=acme, choice=choice, by=alice, now=now)
    answer = bring(farm, browser, f"/activate/{request.public_id}/file/", "farm.raslic")
    keys = bring(farm, browser, "/.well-known/license-keys.json", "keys.json")

    assert farm.run("activate", "--offline", "--license", answer) == ras_console.USAGE
    assert "add --keys FILE" in farm.said
    assert farm.run("activate", "--offline", "--license", answer, "--keys", keys) == 0
    assert "Licensed for 100 users" in farm.said
    assert farm.run("check-in") == ras_console.USAGE
    assert "stays so" in farm.said
    assert farm.run("activate") == ras_console.USAGE

    peak = ["--peak-users", "7", "--date", "2026-11-23"]
    assert farm.run("check-in", "--offline", *peak) == 0
    page = carry(farm, browser)
    fresh = bring(farm, browser, f"{page}file/", "fresh.raslic")
    assert farm.run("check-in", "--offline", "--license", fresh) == 0
    assert UsageDay.objects.get().peak_users == 7
    assert farm.run("check-in", "--offline", "--license", answer) == ras_console.UNTRUSTED

    assert farm.run("deactivate", "--offline") == 0
    assert "isn't licensed any more" in farm.said
    assert farm.run("status") == ras_console.NOT_LICENSED
    receipt = bring(farm, browser, f"{carry(farm, browser)}file/", "farm.rasreceipt")
    assert farm.run("deactivate", "--offline", "--receipt", receipt) == 0
    assert not Activation.objects.live().exists()
    assert farm.run("activate", "--offline", "--license", fresh) == ras_console.UNTRUSTED
    assert set(farm.network.paths) == set()


def test_a_moment_of_the_request_is_in_utc(farm: Farm) -> None:
    farm.run("activate", "--offline", "--portal", PORTAL)

    written = datetime.fromisoformat(json.loads(farm.request.read_text())["created_at"])

    assert abs(written - timezone.now()) < timedelta(minutes=1)
