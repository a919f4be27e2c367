"""Migrations that landed stay as they are, and new ones stop nobody."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import pytest
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState, ProjectState

from accounts.migrations._online import AddIndexOnline
from tests.architecture import landed_migrations, migration_dangers, source

# Landed before the rule, each with what it would be told now; no line is ever added.
BEFORE_THE_RULE: Final = {
    "accounts.0003_leaner_indexes": migration_dangers.LOCKS,
    "licensing.0002_trouble_indexes": migration_dangers.LOCKS,
    "licensing.0007_suspended_licenses_index": migration_dangers.LOCKS,
    "licensing.0008_numbers_of_trials": migration_dangers.LOCKS,
    # 0015_one_primary_key_again brought the constraint back.
    "licensing.0011_indexes_of_lists": migration_dangers.DROPS_CONSTRAINT,
}


def test_no_migration_that_landed_is_changed_or_gone() -> None:
    found = landed_migrations.present()

    changed = [name for name, was in landed_migrations.landed().items() if found.get(name) != was]

    assert changed == [], "data went through these files: write a new migration instead"


def test_every_migration_is_on_the_list() -> None:
    new = landed_migrations.present().keys() - landed_migrations.landed().keys()

    assert sorted(new) == [], "run: python -m tests.architecture.landed_migrations"


def test_no_migration_is_dangerous_to_a_portal_that_runs() -> None:
    found = [
        (f"{app}.{name}", danger)
        for (app, name), dangers in _dangers_of_each()
        if app in source.PACKAGES
        for danger in dangers
    ]

    new = [(name, said) for name, said in found if not said.endswith(_known(name))]
    assert new == []
    assert {name for name, _said in found} == BEFORE_THE_RULE.keys()


@pytest.mark.parametrize(
    ("operation", "danger"),
    [
        (
            migrations.AddIndex("seat", models.Index(fields=["taken"], name="seat_taken")),
            migration_dangers.LOCKS,
        ),
        (
            AddIndexOnline("seat", models.Index(fields=["taken"], name="seat_taken")),
            None,
        ),
        (
            migrations.AddField("seat", "row", models.IntegerField(default=1)),
            migration_dangers.NO_DEFAULT,
        ),
        (migrations.AddField("seat", "row", models.IntegerField(db_default=1)), None),
        (migrations.AddField("seat", "row", models.IntegerField(null=True)), None),
        (migrations.RunPython(migrations.RunPython.noop), migration_dangers.NOT_REVERSIBLE),
        (
            migrations.AlterField("seat", "farm", models.IntegerField(db_index=False)),
            migration_dangers.DROPS_CONSTRAINT,
        ),
        (
            migrations.AlterField("seat", "taken", models.BooleanField(db_index=False)),
            None,
        ),
    ],
)
def test_each_danger_is_found(operation: Operation, danger: str | None) -> None:
    migration = type("Migration", (migrations.Migration,), {"operations": [operation]})(
        "0002_next", "cinema"
    )

    found = migration_dangers.found_in(migration, _a_cinema())

    assert [each.partition(": ")[2] for each in found] == ([danger] if danger else [])


def _known(name: str) -> str:
    return BEFORE_THE_RULE.get(name, "nothing was known of this one")


def _a_cinema() -> ProjectState:
    """Seats of a farm, of which one is taken at a time."""
    state = ProjectState()
    one_taken = models.UniqueConstraint(
        fields=["farm"], condition=models.Q(taken=True), name="one_taken"
    )
    fields: dict[str, models.Field[Any, Any]] = {
        "id": models.BigAutoField(primary_key=True),
        "farm": models.IntegerField(db_index=True),
        "taken": models.BooleanField(db_index=True, db_default=False),
    }
    state.add_model(ModelState("cinema", "Seat", fields, {"constraints": [one_taken]}))
    return state


def _dangers_of_each() -> Iterable[tuple[tuple[str, str], list[str]]]:
    loader = MigrationLoader(None)
    state = loader.project_state([])
    for key, migration in _in_order(loader):
        yield key, migration_dangers.found_in(migration, state)
        state = migration.mutate_state(state, preserve=False)


def _in_order(loader: MigrationLoader) -> Iterable[tuple[tuple[str, str], Any]]:
    graph = loader.graph
    done: dict[tuple[str, str], Any] = {}
    for leaf in sorted(graph.leaf_nodes()):
        for key in graph.forwards_plan(leaf):
            done.setdefault(key, graph.nodes[key])
    return done.items()
