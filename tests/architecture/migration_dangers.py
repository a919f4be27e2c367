"""What a migration must not do to a portal whose pages are served meanwhile."""

from __future__ import annotations

from typing import Any, Final

from django.db import migrations, models
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

NOT_REVERSIBLE: Final = "can't be taken back: give RunPython or RunSQL a way back"
LOCKS: Final = "locks the table while it builds the index: use AddIndexOnline"
NO_DEFAULT: Final = "processes of the release before can't write rows: give it a db_default"
DROPS_CONSTRAINT: Final = (
    "Django drops the partial unique constraint of that column without a word on PostgreSQL: "
    "add it again in a migration of its own"
)


def found_in(migration: Any, before: ProjectState) -> list[str]:
    """A sentence for each danger; `before` is how the models were until then."""
    state, made, dangers = before.clone(), set(), []
    for operation in migration.operations:
        if isinstance(operation, migrations.CreateModel):
            made.add(operation.name_lower)
        dangers += [
            f"{operation.describe()}: {why}"
            for why in _of_operation(operation, migration.app_label, state, made)
        ]
        operation.state_forwards(migration.app_label, state)
    return dangers


def _of_operation(operation: Operation, app: str, state: ProjectState, made: set[str]) -> list[str]:
    if not operation.reversible:
        return [NOT_REVERSIBLE]
    if getattr(operation, "model_name_lower", "") in made:
        return []
    if type(operation) is migrations.AddIndex:
        return [LOCKS]
    if isinstance(operation, migrations.AddField) and _needs_a_value(operation.field):
        return [NO_DEFAULT]
    if isinstance(operation, migrations.AlterField) and _drops_constraint(operation, app, state):
        return [DROPS_CONSTRAINT]
    return []


def _needs_a_value(field: Any) -> bool:
    """True when an INSERT that doesn't know the column fails."""
    makes_itself = isinstance(field, models.ManyToManyField | models.GeneratedField)
    return not (field.null or makes_itself or field.db_default is not models.NOT_PROVIDED)


def _drops_constraint(operation: migrations.AlterField, app: str, state: ProjectState) -> bool:
    model = state.models[app, operation.model_name_lower]
    before = model.fields[operation.name]
    if not _is_indexed(before) or _is_indexed(operation.field):
        return False
    return any(
        isinstance(each, models.UniqueConstraint) and each.fields == (operation.name,)
        for each in model.options.get("constraints", [])
    )


def _is_indexed(field: Any) -> bool:
    return bool(field.db_index or field.unique)
