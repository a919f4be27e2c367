"""Mutates a module, or all of them, and prints which mutants no test noticed.

    python -m mutants licensing/licenses/rules          every mutant of a folder or a file
    python -m mutants --sample 120 --seed 1             every module, at most 120 mutants of each

The checkout isn't touched: Cosmic Ray works in a copy, with the embedded database, where each run
of the tests starts from a file that is migrated already.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from pathlib import Path

from cosmic_ray.commands import execute, init
from cosmic_ray.config import ConfigDict
from cosmic_ray.plugins import OPERATOR_PROVIDERS
from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import TestOutcome, WorkResult

from mutants.modules import MODULES, files_of, tests_of
from mutants.operators import Provider
from mutants.relevance import is_relevant
from mutants.sandbox import Sandbox


def main() -> int:
    """Print a line for each module and a diff for each survivor; 1 if one is below the goal."""
    parser = argparse.ArgumentParser(prog="python -m mutants", description=__doc__.split("\n")[0])
    parser.add_argument("modules", nargs="*", default=MODULES, help="files or folders; all")
    parser.add_argument("--sample", type=int, help="at most so many mutants of a module")
    parser.add_argument("--seed", type=int, default=1, help="which ones; the same every time")
    parser.add_argument("--goal", type=int, default=90, help="percent of mutants to be noticed")
    options = parser.parse_args()
    OPERATOR_PROVIDERS["portal"] = Provider()
    below = 0
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder, Sandbox(Path(folder)) as sandbox:
        for module in options.modules:
            noticed, made = _run(sandbox, module, options.sample, options.seed)
            percent = 100 * noticed / made if made else 100.0
            print(f"{module}: {noticed} of {made} noticed, {percent:.0f} %", flush=True)
            below += percent < options.goal
    return int(below > 0)


def _run(sandbox: Sandbox, module: str, sample: int | None, seed: int) -> tuple[int, int]:
    """How many mutants of a module were noticed, and how many there were."""
    with use_db(str(sandbox.folder / "all.sqlite")) as all_mutants:
        init(files_of(module), all_mutants, {})
        items = [item for item in all_mutants.work_items if is_relevant(item.mutations[0])]
    items.sort(
        key=lambda item: (
            str(item.mutations[0].module_path),
            item.mutations[0].start_pos,
            item.mutations[0].operator_name,
            item.mutations[0].occurrence,
        )
    )
    if sample and len(items) > sample:
        items = random.Random(seed).sample(items, sample)
    noticed = 0
    for file in files_of(module):
        of_file = [item for item in items if item.mutations[0].module_path == file]
        if not of_file:
            continue
        command, seconds = sandbox.test_command(tests_of(file))
        with use_db(str(sandbox.folder / "some.sqlite")) as mutants:
            mutants.clear()
            mutants.add_work_items(of_file)
            config = ConfigDict(
                {
                    "test-command": command,
                    "timeout": 3 * seconds + 10,
                    "distributor": {"name": "local"},
                }
            )
            execute(mutants, config)
            survived = _report(mutants)
        print(f"  {file}: {survived} of {len(of_file)} survived", flush=True)
        noticed += len(of_file) - survived
    return noticed, len(items)


def _report(mutants: WorkDB) -> int:
    """Print what survived; how many that are."""
    survivors = [
        result for _, result in mutants.results if result.test_outcome == TestOutcome.SURVIVED
    ]
    for result in survivors:
        print(_change(result))
    return len(survivors)


def _change(result: WorkResult) -> str:
    """The lines of a diff that say where it is and what it changes."""
    lines = (result.diff or "").splitlines()
    return "\n".join(
        line for line in lines if line.startswith(("+", "-")) and not line.startswith("--- m")
    )


if __name__ == "__main__":
    raise SystemExit(main())
