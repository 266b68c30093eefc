"""Both ways to the members of generated segments: the reference, and DuckDB on typed tables."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import duckdb

from segql import compiler, plan
from segql.analysis import Analyzed
from segql.compiler import Settings
from segql.diagnostics import Severity
from segql.reference import RepeatedKey, evaluate
from segql.source import Source
from segql.sql import Statement
from segql.tree import replace
from tests.properties.schema import Column, Project

Members = Mapping[str, set[object]]


@dataclass(frozen=True, slots=True)
class Difference:
    """A segment that is not the same both ways; `engine` is a message where it could not answer."""

    name: str
    reference: set[object] | str
    engine: set[object] | str

    @property
    def kind(self) -> str:
        """Say in what way they differ, so that a smaller case differs in the same way."""
        for answer in (self.reference, self.engine):
            if isinstance(answer, str):
                return answer.split(":", maxsplit=1)[0]
        return "members"


@dataclass(frozen=True, slots=True)
class Answers:
    """What came of a set of segments: who DuckDB says is in them, where the reference differs.

    `refused` has the messages about segments that analysis did not accept.
    """

    asked: tuple[str, ...]
    members: Members
    everyone: set[object]
    differences: tuple[Difference, ...]
    refused: Mapping[str, str]


def answers(project: Project, segments: Mapping[str, str], *, thorough: bool = True) -> Answers:
    """Ask for all segments at once, both ways.

    If `thorough`, DuckDB is asked for the numbers too, and for each segment alone, which takes another statement.
    """
    analyzed, refused = _analyzed(project, segments)
    names = tuple(name for name in segments if name not in refused)
    if not names:
        return Answers((), {}, set(), (), refused)
    reference = _by_reference(project, analyzed, names)
    with duckdb.connect() as connection:
        for statement in statements(project):
            connection.execute(statement)
        found = _by_engine(project, analyzed, names, connection, counts=thorough)
        alone = [_by_engine(project, analyzed, (name,), connection, counts=True) for name in names] if thorough else []
    for each in alone:
        found |= {name: answer for name, answer in each.items() if answer != reference[name]}
    differences = [Difference(name, reference[name], found[name]) for name in names if reference[name] != found[name]]
    members = {name: each for name, each in found.items() if isinstance(each, set)}
    return Answers(names, members, _everyone(project, analyzed), tuple(differences), refused)


def sql_of(project: Project, segments: Mapping[str, str], name: str) -> str:
    """Return the SQL of one segment, for a report."""
    analyzed, refused = _analyzed(project, segments)
    return refused.get(name) or _compiled(project, analyzed, (name,), "members").sql


def plan_of(project: Project, segments: Mapping[str, str], name: str) -> plan.Expr:
    """Return the condition of one segment as analysis understood it, for a report."""
    return _analyzed(project, segments)[0].definitions[name].condition


def statements(project: Project) -> Iterable[str]:
    """Yield the SQL that makes the project's tables in DuckDB."""
    yield "SET TimeZone = 'UTC'"
    for name, columns in project.tables().items():
        declared = ", ".join(f'"{each.stored}" {each.sql_type}' for each in columns.values())
        yield f'CREATE TABLE "{name}" ({declared})'
        rows = [
            f"({', '.join(_literal(row[each.stored], each) for each in columns.values())})"
            for row in project.rows[name]
        ]
        if rows:
            yield f'INSERT INTO "{name}" VALUES {", ".join(rows)}'


def _analyzed(project: Project, segments: Mapping[str, str]) -> tuple[Analyzed, dict[str, str]]:
    """Analyze catalog and segments; leave out refused segments, and those that need them."""
    settings = Settings(
        timezone=project.clock.zone.key,
        week_starts=project.week_starts,
        params=dict(project.params),
    )
    refused: dict[str, str] = {}
    while True:
        sources = [
            Source.of(name, f"segment {name}{project.of_customer} where {text}")
            for name, text in segments.items()
            if name not in refused
        ]
        analyzed = compiler.check([Source.of("catalog", project.catalog()), *sources], settings)
        errors = {
            each.span.source.name if each.span else "catalog": f"{each.code} {each.name}: {each.message}"
            for each in analyzed.diagnostics
            if each.severity is Severity.ERROR
        }
        if "catalog" in errors:
            raise AssertionError(f"{errors['catalog']}\n{project.catalog()}")
        if not errors:
            return analyzed, refused
        refused |= errors


def _everyone(project: Project, analyzed: Analyzed) -> set[object]:
    name = next(name for name, each in analyzed.definitions.items() if each.entity == "customer")
    request = analyzed.request([name])
    everyone = plan.Segment(name, request.entity, plan.TRUE)
    request = replace(request, segments=(everyone,))
    try:
        return evaluate(request, analyzed.catalog, project.rows, project.clock, {})[name]
    except RepeatedKey:  # nobody is asked for, then
        return set()


def _by_reference(project: Project, analyzed: Analyzed, names: Sequence[str]) -> dict[str, set[object] | str]:
    """Answer by the reference; where it fails, by one segment at a time."""
    request = analyzed.request(names)
    lists = {name: set(keys) for name, keys in project.lists.items()}
    try:
        found = evaluate(request, analyzed.catalog, project.rows, project.clock, lists)
    except Exception as error:  # noqa: BLE001  whatever it is, it belongs in the report
        if len(names) == 1:
            return {names[0]: _failure(error)}
        one_by_one = (_by_reference(project, analyzed, [name]) for name in names)
        return {name: answer for each in one_by_one for name, answer in each.items()}
    return dict(found)


def _by_engine(
    project: Project,
    analyzed: Analyzed,
    names: tuple[str, ...],
    connection: duckdb.DuckDBPyConnection,
    *,
    counts: bool,
) -> dict[str, set[object] | str]:
    """Answer by DuckDB; where it fails, by one segment at a time."""
    try:
        rows = _rows(project, analyzed, names, "members", connection)
        sizes = _rows(project, analyzed, names, "counts", connection) if counts else []
    except Exception as error:  # noqa: BLE001
        if len(names) == 1:
            return {names[0]: _failure(error)}
        one_by_one = (_by_engine(project, analyzed, (name,), connection, counts=counts) for name in names)
        return {name: answer for each in one_by_one for name, answer in each.items()}
    found: dict[str, set[object] | str] = {}
    size = len(_everyone(project, analyzed))
    for index, name in enumerate(names):
        keys = [row[-1] for row in rows if len(row) == 1 or row[0] == name]
        found[name] = set(keys)
        if keys != sorted(set(keys)):
            found[name] = f"repeated members, or in no order: {keys}"
        elif counts and (len(sizes) != 1 or sizes[0][index] != len(keys)):
            found[name] = f"counts differ: {sizes}, members {keys}"
        elif counts and sizes[0][-1] != size:
            found[name] = f"size of the entity: {sizes[0][-1]}, not {size}"
    return found


def _failure(error: Exception) -> str:
    """Return what went wrong; of repeated keys, only where."""
    if isinstance(error, RepeatedKey):
        return f"RepeatedKey: {error.table}"
    return f"{type(error).__name__}: {error}"


def _rows(
    project: Project,
    analyzed: Analyzed,
    names: tuple[str, ...],
    form: str,
    connection: duckdb.DuckDBPyConnection,
) -> list[tuple[Any, ...]]:
    """Return the rows of one statement, if its checks find the data sound."""
    statement = _compiled(project, analyzed, names, form)
    for check in statement.checks:
        defects = connection.execute(check.sql).fetchall()
        if defects:
            raise RepeatedKey(check.table.name, [key for key, _ in defects])
    return connection.execute(statement.sql).fetchall()


def _compiled(project: Project, analyzed: Analyzed, names: tuple[str, ...], form: str) -> Statement:
    lists = {name: tuple(map(str, keys)) for name, keys in project.lists.items()}
    return compiler.compile(analyzed, names, project.clock, form=form, lists=lists)


def _literal(value: object, column: Column) -> str:
    """Return the value as a literal of DuckDB."""
    match value:
        case None:
            return "NULL"
        case bool() | int() | Decimal():
            return format(value, "f") if isinstance(value, Decimal) else str(value)
        case float():
            return f"'{value!r}'::DOUBLE"
        case list():
            item = Column("", column.type.removeprefix("list of "))
            return f"[{', '.join(_literal(each, item) for each in value)}]::{column.sql_type}"
        case dt.datetime() | dt.date():
            return f"'{value.isoformat()}'::{column.sql_type}"
        case _:
            text = str(value).replace("'", "''")
            return f"'{text}'"


def as_text(value: object) -> str:
    """Return rows as text, for a report."""
    return json.dumps(value, default=str, ensure_ascii=False)
