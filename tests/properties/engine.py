"""Both ways to the members of generated segments: the reference, and an engine on typed tables."""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as replace_in
from functools import partial
from pathlib import Path

from segql import compiler, plan
from segql.analysis import Analyzed
from segql.catalog import Table
from segql.compiler import Settings
from segql.diagnostics import SegqlError, Severity
from segql.optimizer import PASSES, Facts, Pass, optimize
from segql.reference import RepeatedKey, evaluate
from segql.source import Source
from segql.sql import Form, Statement, generate
from tests.engines import Database, Engine, Unfit
from tests.live import asked_at
from tests.properties.schema import Project
from tests.spec_data import Rows

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
    """What came of a set of segments: who the engine says is in them, where the reference differs.

    `refused` has the messages about segments that analysis did not accept, or that the dialect cannot express.
    """

    asked: tuple[str, ...]
    members: Members
    everyone: set[object]
    differences: tuple[Difference, ...]
    refused: Mapping[str, str]


def answers(
    project: Project,
    segments: Mapping[str, str],
    engine: Engine,
    *,
    thorough: bool = True,
    passes: tuple[Pass, ...] = PASSES,
) -> Answers:
    """Ask for all segments at once, both ways; the engine what the passes make of them.

    If `thorough`, the engine is asked for the numbers too, and for each segment alone, which takes another statement.
    """
    analyzed, refused = _analyzed(project, segments)
    refused |= _inexpressible(project, analyzed, [name for name in segments if name not in refused], engine.name)
    names = tuple(name for name in segments if name not in refused)
    if not names:
        return Answers((), {}, set(), (), refused)
    reference = _by_reference(project, analyzed, names)
    try:
        with tempfile.TemporaryDirectory() as folder, engine.database(tables(project), Path(folder)) as database:
            located = replace_in(analyzed, catalog=database.located(analyzed.catalog))
            asking = _Asking(project, located, engine.name, passes=passes)
            found = _by_engine(asking, names, database, counts=thorough)
            alone = [_by_engine(asking, (name,), database, counts=True) for name in names] if thorough else []
    except Unfit as error:
        return Answers((), {}, set(), (), dict.fromkeys(segments, f"unfit: {error}"))
    for each in alone:
        found |= {name: answer for name, answer in each.items() if answer != reference[name]}
    differences = [Difference(name, reference[name], found[name]) for name in names if reference[name] != found[name]]
    members = {name: each for name, each in found.items() if isinstance(each, set)}
    return Answers(names, members, _everyone(project, analyzed), tuple(differences), refused)


def live_differences(
    project: Project, segments: Mapping[str, str], engine: Engine, instants: Sequence[dt.datetime]
) -> dict[dt.datetime, list[Difference]]:
    """Make one live statement for all segments, ask it at each of the instants, and compare it with the reference.

    The statement is made at the project's own T.
    """
    analyzed, refused = _analyzed(project, segments)
    refused |= _inexpressible(project, analyzed, [name for name in segments if name not in refused], engine.name)
    names = tuple(name for name in segments if name not in refused)
    found: dict[dt.datetime, list[Difference]] = {}
    if not names:
        return found
    asking = _Asking(project, analyzed, engine.name, is_live=True)
    statements = {each: _compiled(asking, each, "members") for each in (names, *((name,) for name in names))}
    with tempfile.TemporaryDirectory() as folder, engine.database(tables(project), Path(folder)) as database:
        for instant in instants:
            reference = _by_reference(project.at(instant), analyzed, names)
            moved = {each: _moved(made, engine.name, instant) for each, made in statements.items()}
            answer = _members(moved[names], names, database)
            is_answered = not any(isinstance(each, str) for each in answer.values())
            found[instant] = _differing(reference, answer) if is_answered else []
            # One segment that cannot be asked hides the others; alone each takes another statement.
            if instant == instants[0] or not is_answered:
                each_alone = {name: _members(moved[name,], (name,), database)[name] for name in names}
                found[instant] += _differing(reference, each_alone)
    return found


def _moved(statement: Statement, dialect: str, instant: dt.datetime) -> Statement:
    checks = tuple(replace_in(each, written=partial(asked_at, each.sql, dialect, instant)) for each in statement.checks)
    return replace_in(statement, sql=asked_at(statement.sql, dialect, instant), checks=checks)


def _members(statement: Statement, names: tuple[str, ...], database: Database) -> dict[str, set[object] | str]:
    try:
        rows = _found(statement, database)
    except Exception as error:  # noqa: BLE001  whatever it is, it belongs in the report
        return dict.fromkeys(names, _failure(error))
    return {name: {row[-1] for row in rows if len(row) == 1 or row[0] == name} for name in names}


def _differing(reference: Mapping[str, set[object] | str], answer: Mapping[str, set[object] | str]) -> list[Difference]:
    return [Difference(name, reference[name], each) for name, each in answer.items() if reference[name] != each]


@dataclass(frozen=True, slots=True)
class _Asking:
    """What is asked, and in which dialect."""

    project: Project
    analyzed: Analyzed
    dialect: str
    is_live: bool = False
    passes: tuple[Pass, ...] = PASSES


def sql_of(project: Project, segments: Mapping[str, str], name: str, dialect: str) -> str:
    """Return the SQL of one segment, for a report."""
    analyzed, refused = _analyzed(project, segments)
    return refused.get(name) or _compiled(_Asking(project, analyzed, dialect), (name,), "members").sql


def plan_of(project: Project, segments: Mapping[str, str], name: str) -> plan.Expr:
    """Return the condition of one segment as analysis understood it, for a report."""
    return _analyzed(project, segments)[0].definitions[name].condition


def tables(project: Project) -> dict[str, Rows]:
    """Return the project's tables with their rows, as specifications have them."""
    made: dict[str, Rows] = {}
    for name, columns in project.tables().items():
        types = {each.stored: each.value_type for each in columns.values()}
        made[name] = Rows(Table((name,)), types, project.rows[name], "")
    return made


def _inexpressible(project: Project, analyzed: Analyzed, names: Sequence[str], dialect: str) -> dict[str, str]:
    """Return why segments cannot be said in a dialect."""
    found: dict[str, str] = {}
    for name in names if dialect != "duckdb" else ():
        try:
            _compiled(_Asking(project, analyzed, dialect), (name,), "members")
        except SegqlError as error:
            told = error.diagnostics[0]
            found[name] = f"{told.code} {told.message}: {told.name}"
    return found


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
    try:
        (found,) = evaluate(analyzed.everyone("customer"), analyzed.catalog, project.rows, project.clock, {}).values()
        return found
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
    asking: _Asking, names: tuple[str, ...], database: Database, *, counts: bool
) -> dict[str, set[object] | str]:
    """Answer by the engine; where it fails, by one segment at a time."""
    try:
        rows = _rows(asking, names, "members", database)
        sizes = _rows(asking, names, "counts", database) if counts else []
        whole = _found(_of_everyone(asking), database) if counts else []
    except Exception as error:  # noqa: BLE001
        if len(names) == 1:
            return {names[0]: _failure(error)}
        one_by_one = (_by_engine(asking, (name,), database, counts=counts) for name in names)
        return {name: answer for each in one_by_one for name, answer in each.items()}
    found: dict[str, set[object] | str] = {}
    size = len(_everyone(asking.project, asking.analyzed))
    for index, name in enumerate(names):
        keys = [row[-1] for row in rows if len(row) == 1 or row[0] == name]
        found[name] = set(keys)
        if keys != sorted(set(keys)):
            found[name] = f"repeated members, or in no order: {keys}"
        elif counts and (len(sizes) != 1 or sizes[0][index] != len(keys)):
            found[name] = f"counts differ: {sizes}, members {keys}"
        elif counts and whole != [(size,)]:
            found[name] = f"size of the entity: {whole}, not {size}"
    return found


def _failure(error: Exception) -> str:
    """Return what went wrong; of repeated keys, only where."""
    if isinstance(error, RepeatedKey):
        return f"RepeatedKey: {error.table}"
    return f"{type(error).__name__}: {error}"


def _rows(asking: _Asking, names: tuple[str, ...], form: str, database: Database) -> list[tuple[object, ...]]:
    """Return the rows of one statement, if its checks find the data sound."""
    return _found(_compiled(asking, names, form), database)


def _found(statement: Statement, database: Database) -> list[tuple[object, ...]]:
    for check in statement.checks:
        defects = database.rows(check.sql)
        if defects:
            raise RepeatedKey(check.table.name, [key for key, _ in defects])
    for name, keys in statement.lists.items():
        database.provide(name, keys)
    return database.rows(statement.sql)


def _compiled(asking: _Asking, names: tuple[str, ...], form: str) -> Statement:
    lists = {name: tuple(map(str, keys)) for name, keys in asking.project.lists.items()}
    clock = asking.project.clock
    if asking.passes is not PASSES:
        request = optimize(asking.analyzed.request(names), Facts(), asking.passes)
        dialect = asking.dialect
        return generate(request, asking.analyzed.catalog, clock, dialect=dialect, form=Form(form), lists=lists)
    return compiler.compile(
        asking.analyzed, names, clock, dialect=asking.dialect, form=form, lists=lists, is_live=asking.is_live
    )


def _of_everyone(asking: _Asking) -> Statement:
    request, clock = asking.analyzed.everyone("customer"), asking.project.clock
    catalog, dialect = asking.analyzed.catalog, asking.dialect
    return generate(request, catalog, clock, dialect=dialect, form=Form.COUNTS, lists={}, is_live=asking.is_live)


def as_text(value: object) -> str:
    """Return rows as text, for a report."""
    return json.dumps(value, default=str, ensure_ascii=False)
