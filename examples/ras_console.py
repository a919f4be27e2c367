"""Plays an installed instance: activates it through the browser, or by file, and trusts nothing.

    ras_console.py activate --portal http://localhost:8000      shows a code and a link, and waits
    ras_console.py status | check-in --peak-users 41 | deactivate

Without a network, a file goes to the portal and its answer comes back:

    ras_console.py activate --offline --portal https://portal.example         writes farm.rasreq
    ras_console.py activate --offline --license farm.raslic --keys license-keys.json
    ras_console.py check-in --offline, deactivate --offline     the same, with --license, --receipt

Exit codes: 0 done, 1 refused by a person or the portal, 2 wrong use, 3 not licensed, 4 a document
that can't be trusted, 5 no network, 6 nobody answered in time, 130 stopped.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
import socket
import sys
import time
import uuid
from argparse import ArgumentParser, Namespace, RawTextHelpFormatter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
import jwt

try:
    import qrcode  # type: ignore[import-untyped]
except ImportError:
    qrcode = None

REFUSED, USAGE, NOT_LICENSED, UNTRUSTED, NO_NETWORK, TOO_LATE = range(1, 7)
LICENSE, RECEIPT = "license+jwt", "license-receipt+jwt"
GRANT_TYPE: Final = "urn:ietf:params:oauth:grant-type:device_code"
CLIENT: Final = "ras-console"
KEYS: Final = "/.well-known/license-keys.json"
TELL_EVERY_SECONDS: Final = 30
MAX_PEAK_USERS: Final = 1_000_000
MAX_DAYS_BACK: Final = 400
LETTERS: Final = "BCDFGHJKLMNPQRSTVWXZ"
Json = dict[str, Any]
Answer = tuple[bool, Json] | None  # whether it succeeded, and what was said; None: no answer


class Problem(Exception):
    """Ends the command: an exit code, and a text that says why and how to go on."""


@dataclass
class State:
    """What survives a restart; the file is its owner's only, for it holds the token."""

    path: Path
    portal: str = ""
    instance_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    name: str = socket.gethostname()[:60]
    host: str = socket.gethostname()
    version: str = "21.0"
    token: str = ""
    keys: dict[str, str] = field(default_factory=dict)  # kid → public part, pinned
    license: str = ""
    sequence: int = 0  # the highest that was ever accepted
    usage: dict[str, int] = field(default_factory=dict)  # days that the portal doesn't know yet

    @classmethod
    def load(cls, path: Path) -> State:
        known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        if unknown := sorted(known.keys() - (cls.__dataclass_fields__.keys() - {"path"})):
            raise Problem(USAGE, f"{path} has a field that this console doesn't know: {unknown[0]}")
        return cls(path=path, **known)

    def save(self) -> None:
        """Replace the file as a whole: a crash leaves the old one or the new one."""
        fields = {name: value for name, value in asdict(self).items() if name != "path"}
        draft = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        draft.touch(0o600)
        draft.write_text(json.dumps(fields, indent=1), encoding="utf-8")
        draft.replace(self.path)

    def learn(self, key_set: Json) -> None:
        """Pin the portal's keys. One that is known never changes; one that it doesn't publish any
        more is withdrawn, and what that key signed is worth nothing."""
        keys = {key["kid"]: key["x"] for key in key_set["keys"] if key.get("crv") == "Ed25519"}
        if any(self.keys.get(kid, x) != x for kid, x in keys.items()):
            raise Problem(UNTRUSTED, "A key of the portal isn't the one that was learned before.")
        if not keys:
            raise Problem(UNTRUSTED, "The portal publishes no key. The ones from before stay.")
        self.keys = keys

    def accept(self, document: str) -> str:
        """Verify a license that just came in, and keep it; never one from before."""
        claims = verify(document, self)
        if claims["seq"] <= self.sequence and document != self.license:
            raise Problem(UNTRUSTED, "This license is no newer than one that was here before.")
        self.license, self.sequence = document, claims["seq"]
        self.save()
        return in_words(claims)

    def days(self) -> list[Json]:
        return [
            {"date": day, "peak_users": peak} for day, peak in sorted(self.usage.items())[-400:]
        ]

    def need_license(self) -> None:
        if not self.license:
            raise Problem(NOT_LICENSED, "This instance isn't licensed. Run: activate")

    def need_network(self) -> Portal:
        """The portal, with its keys learned; a license that came by file is never overwritten."""
        if self.license:
            claims = jwt.decode(self.license, options={"verify_signature": False})
            if claims["activation"]["channel"] == "offline":
                raise Problem(USAGE, "Licensed by file, and it stays so: add --offline.")
        portal = Portal(self.portal)
        issuer = portal.call("GET", "/.well-known/oauth-authorization-server").get("issuer")
        if issuer != self.portal:
            raise Problem(USAGE, f"This portal calls itself {issuer}: use --portal {issuer}")
        self.learn(portal.call("GET", KEYS))
        self.save()  # a key that was withdrawn stays so, whatever comes
        return portal


def verify(document: str, state: State, typ: str = LICENSE) -> Json:
    """The claims of a document for this instance, signed with a pinned key; raises Problem."""
    try:
        header = jwt.get_unverified_header(document)
        _insist(all(map(_is_exact, document.split("."))), "it isn't spelled exactly")
        _insist(header.get("typ") == typ, f"it is no {typ}")
        _insist(
            header.get("kid") in state.keys,
            "its key isn't one of the portal's, or was withdrawn. Check in, or bring a new "
            "license file with the portal's keys",
        )
        # Key and algorithm are ours to choose: what the header says of them doesn't count.
        jwk = {"kty": "OKP", "crv": "Ed25519", "x": state.keys[header["kid"]]}
        claims: Json = jwt.decode(
            document,
            jwt.PyJWK(jwk, "EdDSA").key,
            algorithms=["EdDSA"],
            audience="ras",
            issuer=state.portal,
            subject=state.instance_id,
            leeway=300,  # seconds by which two clocks may differ
            options={"require": ["iat", *(["exp", "seq"] if typ == LICENSE else [])]},
        )
    except jwt.ImmatureSignatureError as error:
        raise Problem(UNTRUSTED, "This server's clock is slow: set it, and try again.") from error
    except (jwt.PyJWTError, ValueError, TypeError) as error:
        raise Problem(UNTRUSTED, f"This document can't be trusted: {error}.") from error
    return claims


def _insist(fits: bool, why: str) -> None:
    if not fits:
        raise ValueError(why)


def _is_exact(part: str) -> bool:
    """Decoders skip foreign characters and spare bits; one document has one spelling."""
    decoded = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    return base64.urlsafe_b64encode(decoded).rstrip(b"=").decode() == part


def _words(said: Json) -> str:
    return str(said.get("detail") or said.get("error_description") or "The portal refused.")


def in_words(claims: Json) -> str:
    """What a license grants, in a sentence."""
    granted = claims["license"]
    ends, highest = granted["expires_on"], granted["max_version"]
    until = f"until {_day(date.fromisoformat(ends))}" if ends else "without an end"
    versions = f", for versions up to {highest}," if highest else ""
    limited = " Too many users for over a week: sign-ins are limited." if granted["limited"] else ""
    return (
        f"Licensed for {granted['seats']} users {until}{versions} under {granted['name']} "
        f"(key …{granted['key_last_five']}).{limited} Checked: signature, instance, dates."
    )


def _day(day: date) -> str:
    return f"{day:%b} {day.day}, {day.year}"


class Portal:
    """The portal's network interface. A network that fails is never a refusal."""

    def __init__(self, origin: str) -> None:
        self.client = httpx.Client(base_url=origin, timeout=15)

    def once(self, method: str, path: str, **body: Any) -> Answer:
        """One try; no answer is a network or portal that fails, or asks for a pause."""
        try:
            answer = self.client.request(method, path, **body)
            said = answer.json()
        except (httpx.TransportError, ValueError):
            return None
        failed = answer.status_code >= 500 or answer.status_code == 429
        return None if failed or not isinstance(said, dict) else (answer.is_success, said)

    def call(self, method: str, path: str, *, token: str = "", **body: Any) -> Json:
        """What was said to a request, tried up to four times; raises Problem."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        for pause in (1, 3, 9, 0):
            answer = self.once(method, path, headers=headers, **body)
            if answer and answer[0]:
                return answer[1]
            if answer:
                ended = answer[1].get("code") == "not_licensed"
                raise Problem(NOT_LICENSED if ended else REFUSED, _words(answer[1]))
            time.sleep(pause)
        raise Problem(
            NO_NETWORK, f"{self.client.base_url} doesn't answer. Nothing changed: try later."
        )


def wait_for_answer(ask: Callable[[], Answer], codes: Json) -> Json:
    """Poll politely until a person answers (RFC 8628 §3.5); the portal sets pace and end."""
    interval = wait = float(codes.get("interval", 5))
    ends_at, was_cut_off = time.monotonic() + codes["expires_in"], False
    told_at = time.monotonic()
    while True:
        _pause(wait, ends_at - time.monotonic())
        if time.monotonic() - told_at >= TELL_EVERY_SECONDS:
            told_at = time.monotonic()
            print(f"Still waiting, {max(0, ends_at - told_at) / 60:.0f} minutes left.", flush=True)
        answer = ask()
        if answer is None:
            if time.monotonic() > ends_at:
                raise Problem(NO_NETWORK, "No network, and the code has ended. Activate again.")
            wait, was_cut_off = min(wait * 2, max(60, interval)), True
            continue
        succeeded, said = answer
        if succeeded:
            return said
        error = said.get("error")
        if error == "invalid_grant" and was_cut_off:
            raise Problem(NO_NETWORK, "The answer was lost on its way. Activate again: same seat.")
        if error not in ("authorization_pending", "slow_down"):
            raise Problem(TOO_LATE if error == "expired_token" else REFUSED, _words(said))
        interval = max(interval + 5 * (error == "slow_down"), float(said.get("interval", 0)))
        wait, now = interval, time.monotonic()
        ends_at = now + said.get("expires_in", ends_at - now)


def activate(state: State, given: Namespace) -> str:
    state.portal = (given.portal or state.portal).rstrip("/")
    state.name, state.host = given.name or state.name, given.host or state.host
    state.version = given.version or state.version
    if not state.portal:
        raise Problem(USAGE, "Say where the portal is: --portal URL")
    address = urlsplit(state.portal)
    if address.scheme not in ("http", "https") or not address.hostname or address.path:
        raise Problem(USAGE, f"{state.portal} isn't an address such as https://portal.example")
    if given.offline:
        return _install(state, given) if given.license else _write(state, given, "activate")
    portal = state.need_network()
    state.save()  # id and keys are for good, whatever comes
    details = json.dumps([{"type": "ras_activation", **_facts(state, given, "activate")}])
    asked = {"client_id": CLIENT, "scope": "activate", "authorization_details": details}
    codes = portal.call("POST", "/oauth/device_authorization", data=asked)
    _show(state, codes, with_qr=not given.no_qr)
    poll = {"grant_type": GRANT_TYPE, "device_code": codes["device_code"], "client_id": CLIENT}
    ask = partial(portal.once, "POST", "/oauth/token", data=poll)
    granted = wait_for_answer(ask, codes)
    state.token = granted["access_token"]
    state.save()  # it is given once: a check-in brings a document, should this one be refused
    return state.accept(granted["authorization_details"][0]["license"])


def status(state: State, given: Namespace) -> str:
    state.need_license()
    claims = verify(state.license, state)
    good_until = _day(datetime.fromtimestamp(claims["exp"], UTC).date())
    return f"{in_words(claims)}\nThe document is good until {good_until}; {state.portal} renews it."


def check_in(state: State, given: Namespace) -> str:
    if given.license:
        return _install(state, given)
    if given.offline or not state.token:
        state.need_license()
    state.version = given.version or state.version
    if given.peak_users is not None:
        _check_use(given.date, given.peak_users)
        state.usage[given.date.isoformat()] = given.peak_users
    state.save()  # what was measured outlives a network that fails
    if given.offline:
        return _write(state, given, "refresh")
    portal = state.need_network()
    body = {"version": state.version, "usage": state.days()}
    answer = portal.call("POST", "/api/v1/instance/check-ins", token=state.token, json=body)
    for notice in answer["notices"]:
        print(f"Notice: {notice['text']}")
    print(f"Next check-in: {answer['next_check_in_at'][:16]} UTC.")
    state.usage = {}
    return state.accept(answer["license"])


def _check_use(day: date, peak: int) -> None:
    """Refuse what the portal would refuse, before it is saved."""
    if not 0 <= peak <= MAX_PEAK_USERS:
        raise Problem(USAGE, f"--peak-users is a number from 0 to {MAX_PEAK_USERS}.")
    if not -1 <= (datetime.now(UTC).date() - day).days <= MAX_DAYS_BACK:
        raise Problem(USAGE, f"--date is at most {MAX_DAYS_BACK} days back, and not ahead.")


def deactivate(state: State, given: Namespace) -> str:
    if given.receipt:
        return _close(state, given.receipt.read_text(encoding="utf-8").strip())
    state.need_license()
    if given.offline:
        return _write(state, given, "deactivate")
    ended = state.need_network().call("POST", "/api/v1/instance/deactivate", token=state.token)
    return _close(state, ended["receipt"])


def _facts(state: State, given: Namespace, mode: str) -> Json:
    facts = {"mode": "upgrade" if mode == "activate" and given.from_version else mode}
    facts |= {"instance_id": state.instance_id, "instance_name": state.name}
    facts |= {"host": state.host, "version": state.version}
    more = {"from_version": given.from_version, "key_hint": given.key}
    return facts | {name: value for name, value in more.items() if value}


def checksum(fields: Json) -> str:
    """Eight letters that the portal's page shows, too: compare them by eye."""
    plain = json.dumps(fields, sort_keys=True, separators=(",", ":"))
    number = int(hashlib.sha256(plain.encode()).hexdigest()[:16], 16)
    letters = "".join(LETTERS[number // 20**place % 20] for place in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def _write(state: State, given: Namespace, mode: str) -> str:
    """Write a request file; a deactivation ends the license here and now, and proves that."""
    moment = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    seal = {"request_id": secrets.token_urlsafe(24), "created_at": moment}
    fields = {"type": "ras_activation_request", **seal, **_facts(state, given, mode)}
    if mode != "activate":
        fields |= {"license": state.license, "usage": state.days()}
    given.request.write_text(json.dumps(fields, indent=1) + "\n", encoding="utf-8")
    if mode == "deactivate":
        state.license = state.token = ""
    state.save()
    answer = "--receipt FILE" if mode == "deactivate" else "--license FILE"
    keys = "" if state.keys else f" --keys FILE (from {state.portal}{KEYS})"
    ended = "This instance is no longer licensed.\n" if mode == "deactivate" else ""
    return (
        f"{ended}Wrote {given.request}. Its checksum is {checksum(fields)}\n"
        f"1. Where there is a network, open {state.portal}/activate/offline/ and upload it.\n"
        f"2. Bring the answer back, and run: {given.command} --offline {answer}{keys}"
    )


def _install(state: State, given: Namespace) -> str:
    if given.keys:
        state.learn(json.loads(given.keys.read_text(encoding="utf-8")))
    if not state.keys:
        raise Problem(USAGE, f"Get {state.portal}{KEYS} once, and add --keys FILE")
    state.token, state.usage = "", {}
    return state.accept(given.license.read_text(encoding="utf-8").strip())


def _close(state: State, receipt: str) -> str:
    claims = verify(receipt, state, RECEIPT)
    if state.license and claims.get("seq", 0) < state.sequence:
        raise Problem(UNTRUSTED, "This receipt is older than the license here. Nothing ended.")
    state.license, state.token, state.usage = "", "", {}
    state.save()
    return f"Deactivated: the seat is free ({claims['activation']['ending']}). Receipt checked."


def _show(state: State, codes: Json, *, with_qr: bool) -> None:
    print(
        f"\nActivate {state.name} ({state.host}, version {state.version}) in your browser:\n\n"
        f"    {codes['verification_uri_complete']}\n\n"
        f"or open {codes['verification_uri']} and type this code:\n\n    {codes['user_code']}\n",
        flush=True,
    )
    if qrcode and with_qr and sys.stdout.isatty():
        drawing = qrcode.QRCode(border=2)
        drawing.add_data(codes["verification_uri_complete"])
        drawing.print_ascii(invert=True)


def _pause(seconds: float, left: float) -> None:
    """Wait; on a terminal, with a countdown."""
    for passed in range(round(seconds)):
        if sys.stdout.isatty():
            minutes, second = divmod(max(0, round(left) - passed), 60)
            print(f"Waiting for approval, {minutes}:{second:02d} left ", end="\r", flush=True)
        time.sleep(1)


COMMANDS = {"activate": activate, "status": status, "check-in": check_in, "deactivate": deactivate}


def main(words: list[str] | None = None) -> int:
    parser = ArgumentParser(description=__doc__, formatter_class=RawTextHelpFormatter)
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("--state", type=Path, default=Path("ras-console.json"))
    for name in ("portal", "name", "host", "version", "from-version", "key"):
        parser.add_argument(f"--{name}")
    parser.add_argument("--peak-users", type=int, metavar="N", help="the most at once on --date")
    parser.add_argument("--date", type=date.fromisoformat, default=datetime.now(UTC).date())
    parser.add_argument("--no-qr", action="store_true")
    parser.add_argument("--offline", action="store_true", help="write and read files")
    parser.add_argument("--request", type=Path, default=Path("farm.rasreq"))
    for name in ("license", "receipt", "keys"):
        parser.add_argument(f"--{name}", type=Path, metavar="FILE")
    given = parser.parse_args(words)
    try:
        print(COMMANDS[given.command](State.load(given.state), given))
    except (Problem, OSError, ValueError) as error:
        code, text = error.args if isinstance(error, Problem) else (USAGE, error)
        print(f"\n{text}", file=sys.stderr)
        return int(code)
    except KeyboardInterrupt:
        print("\nStopped. Nothing changed here: run the command again when you like.")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
