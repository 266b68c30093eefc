"""BigQuery, by Google's client: rows come as a stream of Arrow batches."""

from __future__ import annotations

import re
from collections.abc import Sequence
from concurrent.futures import TimeoutError as TookTooLong
from contextlib import suppress

import pyarrow as pa
from google.api_core import exceptions
from google.auth import credentials, default
from google.auth import exceptions as refused
from google.cloud import bigquery
from google.oauth2 import service_account

from segql.catalog import Table
from segql.run.backends.backend import Column, DeclaredKey, EngineError, Lost, Target, Unreachable
from segql.run.backends.database import Database, label_of
from segql.run.backends.lent import with_lists
from segql.run.backends.urls import address
from segql.types import BOOLEAN, DATE, FLOAT, INTEGER, JSON, TEXT, TIMESTAMP, UNKNOWN, Type, decimal, list_of

FORM = "bigquery://project/dataset?location=…"
# A label may have these letters only, and 63 of them.
_LABEL = re.compile(r"[^a-z0-9_-]+")
_OPTIONS = frozenset({"credentials_file", "endpoint", "location"})
_SCOPES = ["https://www.googleapis.com/auth/bigquery", "https://www.googleapis.com/auth/cloud-platform"]
_TYPES: dict[str, Type] = {
    "BOOL": BOOLEAN,
    "BOOLEAN": BOOLEAN,
    "DATE": DATE,
    "DATETIME": TIMESTAMP,
    "FLOAT": FLOAT,
    "FLOAT64": FLOAT,
    "INT64": INTEGER,
    "INTEGER": INTEGER,
    "JSON": JSON,
    "STRING": TEXT,
    "TIMESTAMP": TIMESTAMP,
}
# The digits of its two kinds of decimals, where a column says nothing; more than 38 cannot be declared.
_DIGITS = {"NUMERIC": (38, 9), "BIGNUMERIC": (38, 18)}


def connect(target: Target) -> BigQuery:
    """Open a dataset of a project, with the credentials of the machine or those of a file.

    Raises:
        ValueError: the URL is not of the form `bigquery://project/dataset`; after `?` may stand `location`,
            `credentials_file` (of a service account) and `endpoint`.
        Unreachable: there are no credentials.

    Example:
        connect(Target("bigquery://my-project/shop?location=EU", Path("."))).tables()
    """
    address(target, FORM, (1, 1), _OPTIONS)
    return BigQuery(target)


class BigQuery(Database):
    """A dataset of BigQuery, as `Backend` describes it. It has no session: each statement is a job."""

    dialect = "bigquery"
    quote = "`"
    ignores_case = True
    enforces_keys = False

    def _open(self) -> None:
        found = address(self._target, FORM, (1, 1), _OPTIONS)
        self._dataset = f"{found.host}.{found.path[0]}"
        self._job: bigquery.QueryJob | None = None
        self._lists: dict[str, Sequence[str]] = {}
        endpoint = found.options.get("endpoint")
        self._client = bigquery.Client(
            project=found.host,
            credentials=_credentials(found.options.get("credentials_file"), endpoint, self._dataset),
            location=found.options.get("location"),
            client_options={"api_endpoint": endpoint} if endpoint else None,
        )

    def _shut(self) -> None:
        self._client.close()

    def _begin(self, sql: str) -> pa.RecordBatchReader:
        queries = {
            f"`{name}`": f"SELECT key FROM UNNEST(@list_{place}) AS key" for place, name in enumerate(self._lists)
        }
        self._job = self._client.query(with_lists(sql, queries), job_config=self._settings(sql))
        try:
            rows = self._job.result()
        finally:
            self._job = None
        schema = _schema(rows.schema)
        return pa.RecordBatchReader.from_batches(schema, (each.cast(schema) for each in rows.to_arrow_iterable()))

    def _settings(self, sql: str) -> bigquery.QueryJobConfig:
        lists = [
            bigquery.ArrayQueryParameter(f"list_{place}", "STRING", list(keys))
            for place, keys in enumerate(self._lists.values())
        ]
        settings = bigquery.QueryJobConfig(
            default_dataset=self._dataset,
            labels={"tool": "segql", "asks": _LABEL.sub("_", label_of(sql).lower())[:63]},
            query_parameters=lists,
            connection_properties=[bigquery.ConnectionProperty("time_zone", "UTC")],
        )
        if self._target.timeout is not None:
            settings.job_timeout_ms = int(self._target.timeout * 1000)
        return settings

    def _lend(self, name: str, keys: Sequence[str]) -> None:
        # A reader may make no table; a list goes with each statement that asks for it.
        self._lists[name] = keys

    def _told(self, error: Exception) -> EngineError:
        if isinstance(error, exceptions.ServiceUnavailable | exceptions.GatewayTimeout | TookTooLong | OSError):
            return Lost("BigQuery does not answer")
        if isinstance(error, exceptions.GoogleAPICallError):
            said = error.errors[0].get("message") if error.errors else None
            return EngineError(_first_line(said or error.message or str(error)))
        return EngineError(_first_line(str(error)))

    def interrupt(self) -> None:
        """Stop what is running."""
        job = self._job
        if job is not None:
            with suppress(exceptions.GoogleAPICallError, OSError):
                job.cancel()

    def quoted(self, name: str) -> str:
        """Return a name as it stands in a statement."""
        return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"

    def tables(self) -> list[str]:
        """Return tables and views of the dataset."""
        return self._safely(lambda: sorted(each.table_id for each in self._client.list_tables(self._dataset)))

    def declared_keys(self) -> list[DeclaredKey]:
        """Return primary and foreign keys of one column."""
        made: list[DeclaredKey] = []
        for name in self.tables():
            told = self._table(Table((name,)))
            found = told.table_constraints if told is not None else None
            if found is None:
                continue
            if found.primary_key is not None and len(found.primary_key.columns) == 1:
                made.append(DeclaredKey(name, found.primary_key.columns[0], None))
            for each in found.foreign_keys or ():
                if len(each.column_references) == 1:
                    pair = each.column_references[0]
                    target = each.referenced_table.table_id, pair.referenced_column
                    made.append(DeclaredKey(name, pair.referencing_column, target))
        return made

    def describe(self, table: Table) -> dict[str, Column] | None:
        """Return the columns of a table by name, or None where there is none."""
        found = self._table(table)
        return None if found is None else {each.name: _column(each) for each in found.schema}

    def _table(self, table: Table) -> bigquery.Table | None:
        parts = [*self._dataset.split(".")[: 3 - len(table.parts)], *table.parts]

        def found() -> bigquery.Table | None:
            try:
                return self._client.get_table(".".join(parts))
            except exceptions.NotFound:
                return None

        return self._safely(found)


def _credentials(file: str | None, endpoint: str | None, dataset: str) -> credentials.Credentials:
    try:
        if file is not None:
            return service_account.Credentials.from_service_account_file(file, scopes=_SCOPES)
        # An engine of one's own, as for tests, asks nobody who they are.
        return credentials.AnonymousCredentials() if endpoint is not None else default(scopes=_SCOPES)[0]
    except (refused.GoogleAuthError, OSError, ValueError) as error:
        hint = "run `gcloud auth application-default login`, or name a `credentials_file` in the `url`"
        raise Unreachable(f"`{dataset}`", _first_line(str(error)), hint) from None


_ARROW = {
    "BOOLEAN": pa.bool_(),
    "DATE": pa.date32(),
    "DATETIME": pa.timestamp("us"),
    "FLOAT": pa.float64(),
    "INTEGER": pa.int64(),
    "NUMERIC": pa.decimal128(38, 9),
    "BIGNUMERIC": pa.decimal256(76, 38),
    "TIMESTAMP": pa.timestamp("us", "UTC"),
}


def _schema(fields: Sequence[bigquery.SchemaField]) -> pa.Schema:
    return pa.schema([(each.name, _ARROW.get(each.field_type, pa.string())) for each in fields])


def _column(field: bigquery.SchemaField) -> Column:
    word = field.field_type.upper()
    type_ = _TYPES.get(word, UNKNOWN)
    if word in _DIGITS:
        digits, places = _DIGITS[word]
        type_ = decimal(field.precision or digits, (field.scale or 0) if field.precision else places)
    if field.mode == "REPEATED":
        return Column(field.name, f"array<{word.lower()}>", UNKNOWN if type_ == UNKNOWN else list_of(type_))
    return Column(field.name, word.lower(), type_, has_zone=word == "TIMESTAMP")


def _first_line(text: str) -> str:
    return text.strip().split("\n", maxsplit=1)[0]
