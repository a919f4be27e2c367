"""The activation that a report is about, read with what the report is compared to: one statement,
by hand, since putting a query set together takes longer than its answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.db import connection, models
from django.db.models.expressions import Col

from accounts.directory.models import BusinessAccount
from licensing.documents import documents
from licensing.licenses.models import Activation, Heartbeat, Instance, Key, KeyUsage, License

# What a check-in and an answer of the API need; anything else is read when it is asked for.
_FIELDS: Final[dict[type[models.Model], str]] = {
    Activation: "id public_id instance_id installation key_id channel mode version activated_at "
    "collected_at deactivated_at ending",
    Instance: "id public_id account_id instance_id name host version seen_around token_digest",
    Heartbeat: "instance_id activation_id last_seen_at last_check_in_at peak_users peak_on "
    "sequence document_sequence document_kid document_digest document_issued_at document_ends_at "
    "document_reminded_at requests requests_since",
    Key: "id public_id license_id code name reserved over_since",
    License: "id public_id account_id product kind name seats seats_reserved starts_on ends_on "
    "upgrade_insurance_until version_bought suspended_at suspension_reason",
    BusinessAccount: "id slug name merged_into_id",
}
# Table after table by its primary key: none leaves the planner a choice.
_JOINS: Final = (
    ("licensing_heartbeat", "instance_id = licensing_instance.id"),
    ("licensing_activation", "id = licensing_heartbeat.activation_id"),
    ("licensing_key", "id = licensing_activation.key_id"),
    ("licensing_license", "id = licensing_key.license_id"),
    ("accounts_businessaccount", "id = licensing_instance.account_id"),
)
_REST: Final = """
LEFT JOIN licensing_keyusage ON licensing_keyusage.key_id = licensing_key.id
WHERE licensing_activation.deactivated_at IS NULL
  AND licensing_activation.collected_at IS NOT NULL AND """
_PLAIN: Final = "JOIN {table} ON {table}.{match}"
# PostgreSQL plans tables behind an OFFSET one by one: a third of the time for seven at once.
_FENCED: Final = (
    "CROSS JOIN LATERAL (SELECT * FROM {table} WHERE {table}.{match} OFFSET 0) AS {table}"
)
_BY_DIGEST: Final = "licensing_instance.token_digest = %s"
_BY_ID: Final = "licensing_instance.id = %s"


def of_token(digest: str) -> Activation | None:
    """The live activation of the instance with this token, with everything a check-in needs."""
    return _read(_BY_DIGEST, digest)


def of_instance(instance: Instance) -> Activation | None:
    """The same for an instance without a token, which reports by file."""
    return _read(_BY_ID, instance.pk)


def _read(condition: str, value: str | int) -> Activation | None:
    """A live activation that was collected; with its key's usage, and, as `is_signer_withdrawn`,
    whether one of the keys that could sign its document is."""
    kids = [key.kid for key in documents.all_keys() if key.private]
    with connection.cursor() as cursor:
        cursor.execute(_statement(connection.vendor, condition, len(kids)), [*kids, value])
        row = cursor.fetchone()
    if row is None:
        return None
    values = iter(row)
    activation, instance, beat, key, license, account = (
        part.take(values) for part in _parts(connection.vendor)
    )
    key.usage = KeyUsage(key_id=key.pk, peak_users=next(values))
    instance.account, instance.heartbeat, key.license = account, beat, license
    activation.instance, activation.key = instance, key
    activation.is_signer_withdrawn = bool(next(values))
    read: Activation = activation
    return read


@dataclass(frozen=True)
class _Part:
    """The columns of one table, and how its rows are read."""

    model: type[models.Model]
    names: Sequence[str]
    converters: Sequence[Sequence[Callable[..., Any]]]

    def take(self, values: Iterator[Any]) -> Any:
        read = []
        for converters, value in zip(self.converters, values, strict=False):
            for convert in converters:
                value = convert(value, None, connection)
            read.append(value)
        return self.model.from_db(connection.alias, self.names, read)


@cache
def _parts(vendor: str) -> list[_Part]:
    """Converters are the database's own, so there is one list for each."""
    return [
        _Part(model, [each.attname for each in fields], [_converters(each) for each in fields])
        for model, fields in _fields()
    ]


def _fields() -> Iterator[tuple[type[models.Model], list[Any]]]:
    """The fields of each table, in the order in which Django takes their values."""
    for model, names in _FIELDS.items():
        wanted = set(names.split())
        fields = model._meta.concrete_fields  # noqa: SLF001 (documented)
        yield model, [each for each in fields if each.attname in wanted]


def _converters(field: Any) -> list[Callable[..., Any]]:
    column = Col("", field)
    by_database = connection.ops.get_db_converters(column)
    return [*by_database, *column.get_db_converters(connection)]


@cache
def _statement(vendor: str, condition: str, kids: int) -> str:
    columns = [
        f"{each.model._meta.db_table}.{each.column}"  # noqa: SLF001 (documented)
        for _model, fields in _fields()
        for each in fields
    ]
    columns.append("COALESCE(licensing_keyusage.peak_users, 0)")
    marks = ", ".join(["%s"] * kids) or "''"
    withdrawn = f"SELECT 1 FROM licensing_withdrawnkey WHERE kid IN ({marks})"  # noqa: S608
    columns.append(f"EXISTS ({withdrawn})")
    join = _FENCED if vendor == "postgresql" else _PLAIN
    joins = " ".join(join.format(table=table, match=match) for table, match in _JOINS)
    tables = f"licensing_instance {joins} {_REST}{condition}"
    return f"SELECT {', '.join(columns)} FROM {tables}"  # noqa: S608 (names are ours)
