"""Instructions that one request takes: python -m benchmarks.instructions

Counted by callgrind (valgrind has to be installed), so that a busy machine changes nothing. Both
the portal and the floor (benchmarks/floor.py) run on SQLite within the counted process: what the
database does is part of the figure.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
WARM_UP: Final = 5
COUNTED: Final = 10
FLOOR: Final = "floor"
PORTAL: Final = "portal"
# Called for nothing but its name: at each call, callgrind writes down what it counted so far.
_mark: Final = os.getpgid
_TOTAL: Final = re.compile(r"^totals: (\d+)$", re.MULTILINE)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--child", choices=(FLOOR, PORTAL), help=argparse.SUPPRESS)
    options.add_argument("--gzip", action="store_true", help="ask for compressed pages")
    options.add_argument("paths", nargs="*", help="pages of the portal; the usual ones without")
    chosen = options.parse_args()
    if chosen.child:
        _serve(chosen.child, json.loads(sys.stdin.read()))
        return
    with tempfile.TemporaryDirectory(prefix="portal-instructions-") as folder:
        environment = _environment(Path(folder))
        for kind, visits in ((FLOOR, _floor_visits()), (PORTAL, _visits(environment, chosen))):
            for (path, _cookie, _gzip), count in zip(
                visits, _counts(kind, visits, environment), strict=True
            ):
                print(f"{count / 1e6:8.1f} M  {kind:6}  {path}")  # noqa: T201


def _environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    own = {
        "PORT": "8000",
        "PORTAL_ORIGIN": "http://localhost:8000",
        "PORTAL_DATA_DIR": str(folder),
        "LOG_LEVEL": "WARNING",
        "EMAIL_URL": "",
        "DATABASE_URL": "",
        "REDIS_URL": "",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    return {**kept, **own}


Visit = tuple[str, str, bool]  # path, cookie, whether compressed


def _floor_visits() -> list[Visit]:
    return [("/words/", "", False), ("/list/", "its own", False)]


def _visits(environment: dict[str, str], chosen: argparse.Namespace) -> list[Visit]:
    command = [sys.executable, "-m", "benchmarks.sample_company"]
    made = json.loads(subprocess.check_output(command, env=environment, cwd=ROOT))
    signed_in = [(path, made["cookie"], chosen.gzip) for path in made["signed_in"]]
    visits = [*signed_in, *((path, "", chosen.gzip) for path in made["signed_out"])]
    if chosen.paths:
        return [
            (path, made["cookie"] if path.startswith("/b/") else "", chosen.gzip)
            for path in chosen.paths
        ]
    return visits


def _counts(kind: str, visits: list[Visit], environment: dict[str, str]) -> list[float]:
    """Instructions a request, visit by visit."""
    out = Path(environment["PORTAL_DATA_DIR"]) / f"callgrind.{kind}"
    command = [
        *("valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", "--combine-dumps=yes"),
        *("--dump-before=getpgid", sys.executable, "-m", "benchmarks.instructions"),
        *("--child", kind),
    ]
    run = subprocess.run(
        command, env=environment, cwd=ROOT, input=json.dumps(visits), capture_output=True, text=True
    )
    if run.returncode:
        sys.exit(run.stdout[-2000:] + run.stderr[-4000:])
    totals = [int(each) for each in _TOTAL.findall(out.read_text())]
    # What came before the first mark and after the last is no page's.
    return [each / COUNTED for each in totals[1:-1:2]]


def _serve(kind: str, visits: list[Visit]) -> None:
    """Make each visit a few times, then the counted times between two marks."""
    application, cookie = _application(kind)
    for path, own, gzip in visits:
        for _time in range(WARM_UP):
            _visit(application, path, cookie if own and cookie else own, gzip)
        _mark(0)
        for _time in range(COUNTED):
            _visit(application, path, cookie if own and cookie else own, gzip)
        _mark(0)


def _application(kind: str) -> tuple[Callable[..., Any], str]:
    if kind == PORTAL:
        from onboarding.wsgi import application

        return application, ""
    from benchmarks import floor

    floor.configure(Path(os.environ["PORTAL_DATA_DIR"]))
    cookie = floor.fill()
    from django.core.handlers.wsgi import WSGIHandler

    return WSGIHandler(), cookie


def _visit(application: Callable[..., Any], path: str, cookie: str, gzip: bool) -> None:
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost:8000",
        "HTTP_COOKIE": cookie,
        "REMOTE_ADDR": "127.0.0.1",
        "SCRIPT_NAME": "",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    if gzip:
        environ["HTTP_ACCEPT_ENCODING"] = "gzip"
    said: list[str] = []
    answer = application(environ, lambda status, headers: said.append(status))
    b"".join(answer)
    answer.close()
    if not said[0].startswith("200"):
        sys.exit(f"{path} answered {said[0]}")


if __name__ == "__main__":
    main()
