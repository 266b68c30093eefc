"""Run a specification: each segment must have the members that its section tells, by the reference and an engine.

`spec/README.md` tells what a file may hold, and what is checked.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from segql import compiler, plan
from segql.analysis import Analyzed
from segql.compiler import Settings
from segql.diagnostics import Diagnostic, SegqlError
from segql.optimizer import optimize
from segql.plan import Clock
from segql.plan.instants import midnight, of_wall
from segql.reference import RepeatedKey, evaluate, values
from segql.source import Source, Span
from segql.sql import Form, Statement, generate
from segql.tree import replace, walk
from tests import engines
from tests.engines import Database, Engine, Unfit
from tests.spec_data import Row, Rows, list_of, tables_of
from tests.spec_file import Block, Expected, Mistake, Section

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_AS_OF = dt.date(2026, 1, 1)

Members = Mapping[str, set[str]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a section: what is not as it says, how many segments were asked for, and which were not, and why."""

    problems: list[str]
    asked: int
    skipped: Mapping[str, str]


def run(section: Section, engine: Engine) -> Outcome:
    """Ask the reference and an engine for all that a section tells."""
    case = Case.of(section, engine)
    problems = list(case.mistakes())
    asked = 0
    for names in case.by_entity():
        problems += case.differences(names)
        asked += len(names)
    problems += case.wrong_values()
    return Outcome([f"{section}\n  {each}" for each in problems], asked - len(case.skipped), case.skipped)


def snapshot(section: Section, name: str) -> str:
    """Return the SQL of one segment, optimized, without the comment in front, which names the version."""
    case = Case.of(section, engines.engine("duckdb"))
    statement = case.statement(optimize(case.analyzed.request([name])), Form.MEMBERS)
    return statement.sql.split("\n", 1)[1]


@dataclass(frozen=True, slots=True)
class Case:
    """A section that has been read: its segments as plans, its clock, its rows."""

    section: Section
    sources: Mapping[str, Block | None]
    analyzed: Analyzed
    clock: Clock
    tables: Mapping[str, Rows]
    lists: Mapping[str, tuple[str, ...]]
    engine: Engine
    skipped: dict[str, str]

    @classmethod
    def of(cls, section: Section, engine: Engine) -> Case:
        """Read the text of a section; what is wrong with it stands in `analyzed`."""
        blocks: dict[str, Block | None] = {
            block.about or f"{block.kind} at line {block.line}": block for block in (*section.catalog, *section.segql)
        }
        texts = {name: block.text for name, block in blocks.items() if block} | dict(section.conditions)
        settings = _settings(section)
        analyzed = compiler.check([Source.of(*each) for each in texts.items()], settings)
        catalog = analyzed.catalog
        lists = {each.name: list_of(section.data.get(each.path, each.key), each.key) for each in catalog.lists.values()}
        sources = blocks | dict.fromkeys(section.conditions)
        return cls(section, sources, analyzed, _clock(section), tables_of(catalog, section.data), lists, engine, {})

    def mistakes(self) -> Iterator[str]:
        """Tell where the mistakes found are not the mistakes announced."""
        announced = {(name, each) for name, block in self.sources.items() if block for each in block.mistakes}
        named = {each.segment: each.mistake for each in self.section.expected if each.mistake}
        announced |= {(name, (1, named[name])) for name in self.section.conditions if name in named}
        about_data = {"repeated-key", "broken-value"}
        wanted = {(name, mistake) for name, mistake in announced if mistake[1] not in about_data}
        found = {_place(each): each for each in self.analyzed.diagnostics}
        for place in sorted(found.keys() - wanted, key=str):
            yield f"{self._line(*place)}: not expected: {found[place]}\n    hint: {found[place].hint}"
        for place in sorted(wanted - found.keys()):
            yield f"{self._line(*place)}: [{place[1][1]}] is expected, and not found"
        known = {*self.analyzed.definitions, *self.sources}
        yield from (
            f"line {each.line}: there is no segment `{each.segment}`"
            for each in self.section.expected
            if each.segment not in known
        )

    def by_entity(self) -> Iterator[list[str]]:
        """Yield the names of the segments without mistakes, those of one entity together."""
        spans = [each.span for each in self.analyzed.diagnostics if each.span is not None]
        # A tier is what its whole list makes of it.
        outcomes = self.analyzed.outcomes.values()
        listed = {name for each in outcomes for name in each.segments if any(_is_in(span, each.span) for span in spans)}
        sound = {
            name: each
            for name, each in self.analyzed.definitions.items()
            if name not in listed
            and not any(_is_in(span, each.span) for span in spans)
            and not any(isinstance(node, plan.Unknown) for node in walk(each.condition))
        }
        # What uses a segment with a mistake has none to call its own, and cannot be asked for either.
        while unsound := [name for name, each in sound.items() if any(used not in sound for used in each.uses)]:
            sound = {name: each for name, each in sound.items() if name not in unsound}
        definitions = sorted(sound.values(), key=lambda each: each.entity)
        for _, group in itertools.groupby(definitions, lambda each: each.entity):
            yield [each.name for each in group]

    def differences(self, names: list[str]) -> Iterator[str]:
        """Tell of segments of one entity that have other members than expected, by any of the ways to ask."""
        names = [each for each in names if self.is_possible(each)]
        if not names:
            return
        expected = {each.segment: each for each in self.section.expected if each.segment in names}
        broken = {name: each.mistake for name, each in expected.items() if each.mistake}
        sound = [name for name in names if name not in broken]
        try:
            with self.database() as database:
                for name, mistake in broken.items():
                    yield from self._broken(name, str(mistake), database)
                if sound:
                    yield from self._answers(sound, expected, database)
        except Unfit as error:
            self.skipped.update(dict.fromkeys(names, str(error)))

    def is_possible(self, name: str) -> bool:
        """Say whether the engine can be asked for a segment; why not is noted."""
        if any(each.table.is_file for each in self.tables.values()) and not self.engine.reads_files:
            self.skipped[name] = "files are read by DuckDB"
            return False
        try:
            self.statement(self.analyzed.request([name]), Form.MEMBERS)
        except SegqlError as error:
            self.skipped[name] = error.diagnostics[0].message
            return False
        return True

    @contextmanager
    def database(self) -> Iterator[Database]:
        with tempfile.TemporaryDirectory() as folder, self.engine.database(self.tables, Path(folder)) as database:
            yield database

    def wrong_values(self) -> Iterator[str]:
        """Tell of scores, tier lists and splits that give something else than expected, by any way to ask."""
        expected = {each.about: each for each in self.section.values}
        yield from (f"there is no value `{each}`" for each in expected if each not in self.analyzed.outcomes)
        if not self.section.segql or self.analyzed.diagnostics:
            return
        for name in self.analyzed.outcomes:
            request = self.analyzed.values([name])
            rows: dict[str, Sequence[Row]] = {table: each.rows for table, each in self.tables.items()}
            found = values(request, self.analyzed.catalog, rows, self.clock, self._typed_lists())
            reference = {str(key): _plain(value) for key, (value,) in found.items()}
            if all(map(self.is_possible, self.analyzed.outcomes[name].segments)):
                with self.database() as database:
                    sql = self.statement(optimize(request), Form.VALUES, database).sql
                    got = {str(key): _plain(value) for key, value in database.rows(sql)}
                if got != reference:
                    yield f"{name}: reference {reference}, {self.engine.name} {got}"
            if name in expected:
                lines = [each.split(" = ") for each in expected[name].text.split("\n") if each]
                if reference != (wanted := dict(lines)):
                    yield f"line {expected[name].line}: {name}\n    expected: {wanted}\n    got:      {reference}"

    def statement(
        self, request: plan.Request, form: Form, database: Database | None = None, *, is_live: bool = False
    ) -> Statement:
        """Return the SQL of a request, optimized or not, for a database where there is one."""
        catalog, dialect = self.analyzed.catalog, self.engine.name
        if database is not None:
            catalog = database.located(catalog)
        return generate(request, catalog, self.clock, dialect=dialect, form=form, lists=self.lists, is_live=is_live)

    # ── one entity, all its segments ─────────────────────────────────────────────────────────────────────────────────

    def _answers(self, names: list[str], expected: Mapping[str, Expected], database: Database) -> Iterator[str]:
        request = self.analyzed.request(names)
        asked = _with_negations(request)
        reference = self.by_reference(asked)
        whole = self.analyzed.everyone(request.entity)
        (everyone,) = self.by_reference(whole).values()
        if (counted := database.rows(self.statement(whole, Form.COUNTS, database).sql)) != [(len(everyone),)]:
            yield f"everyone is counted as {counted}, and are {len(everyone)}"
        for check in self.statement(asked, Form.COUNTS, database).checks:
            if rows := database.rows(check.sql):
                yield f"{check.kind} in {check.table.name}: {rows}"
        ways: dict[str, Members | str] = {
            "reference": reference,
            f"optimized plan on {self.engine.name}": self._by_engine(optimize(asked), database),
        }
        if self.engine.is_quick:
            ways[f"plan on {self.engine.name}"] = self._by_engine(asked, database)
        for way, members in ways.items():
            if isinstance(members, str):
                yield f"{way}: {members}"
                continue
            for name in names:
                yield from self._compared(name, way, members, expected.get(name), everyone)
        if self.engine.is_quick:
            yield from self._alone(names, reference, database)

    def _compared(
        self, name: str, way: str, members: Members, expected: Expected | None, everyone: set[str]
    ) -> Iterator[str]:
        """Tell whether the segment has its members, and whether it and its negation share everyone out."""
        got, others = members[name], members[f"not {name}"]
        told = f"{self._shown(name)}, {way}"
        if expected is not None and got != (wanted := _keys(expected.members, everyone)):
            yield f"line {expected.line}: {told}\n    expected: {_told(wanted)}\n    got:      {_told(got)}"
        if got & others or got | others != everyone:
            yield f"{told}: overlaps with its `not`, or misses people\n    it:  {_told(got)}\n    not: {_told(others)}"

    def by_reference(self, request: plan.Request) -> dict[str, set[str]]:
        rows: dict[str, Sequence[Row]] = {name: each.rows for name, each in self.tables.items()}
        keys = self._typed_lists()
        answers = evaluate(request, self.analyzed.catalog, rows, self.clock, keys)
        return {name: set(map(str, members)) for name, members in answers.items()}

    def _by_engine(self, request: plan.Request, database: Database) -> Members | str:
        """Ask for members and for counts, which must agree."""
        counts = self.statement(request, Form.COUNTS, database)
        try:
            for name, keys in counts.lists.items():
                database.provide(name, keys)
            rows = database.rows(self.statement(request, Form.MEMBERS, database).sql)
            (numbers,) = database.rows(counts.sql)
        except Exception as error:  # noqa: BLE001  whatever it is, it belongs in the report
            return f"{error}\n{counts.sql}"
        members = {name: [str(key) for segment, key in rows if segment == name] for name in request.asked}
        sizes = [len(members[name]) for name in request.asked]
        if list(numbers) != sizes:
            return f"counts are {numbers}, members {sizes}\n{counts.sql}"
        if any(len(set(each)) != len(each) for each in members.values()):
            return f"members stand twice: {members}"
        return {name: set(each) for name, each in members.items()}

    def _alone(self, names: list[str], reference: Members, database: Database) -> Iterator[str]:
        """Ask for each segment alone; the statement for one has another shape than that for many."""
        for name in names:
            request = optimize(self.analyzed.request([name]))
            statement = self.statement(request, Form.MEMBERS, database)
            try:
                rows = database.rows(statement.sql)
                ((number,),) = database.rows(self.statement(request, Form.COUNTS, database).sql)
            except Exception as error:  # noqa: BLE001  whatever it is, it belongs in the report
                yield f"{self._shown(name)}, asked for alone: {error}\n{statement.sql}"
                continue
            keys = [str(key) for (key,) in rows]
            if set(keys) != reference[name] or number != len(keys):
                yield (
                    f"{self._shown(name)}, asked for alone\n    reference: {_told(reference[name])}\n"
                    f"    got:       {_told(set(keys))}, counted {number}"
                )

    def _broken(self, name: str, kind: str, database: Database) -> Iterator[str]:
        """Tell whether the defect of the data that the segment meets is found."""
        request = self.analyzed.request([name])
        checks = self.statement(request, Form.MEMBERS, database).checks
        found = {each.kind for each in checks if database.rows(each.sql)}
        if kind not in found:
            yield f"{self._shown(name)}: [{kind}] is expected of the data, found: {sorted(found) or 'nothing'}"
        if kind == "repeated-key":
            try:
                self.by_reference(request)
            except RepeatedKey:
                return
            yield f"{self._shown(name)}: the reference does not see the repeated key"

    # ── helpers ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _typed_lists(self) -> dict[str, set[object]]:
        """Return the keys of lists with the type of the keys that they name."""
        typed: dict[str, set[object]] = {}
        for each in self.analyzed.catalog.lists.values():
            entity = self.analyzed.catalog.entities[each.entity]
            is_number = self.tables[entity.table.name].columns[entity.key].is_number
            typed[each.name] = {int(key) if is_number else key for key in self.lists[each.name]}
        return typed

    def _line(self, source: str, mistake: Mistake) -> str:
        block = self.sources.get(source)
        return f"line {block.line + mistake[0]}" if block else source

    def _shown(self, name: str) -> str:
        condition = self.section.conditions.get(name)
        return f"`{condition}`" if condition else f"segment {name}"


def _with_negations(request: plan.Request) -> plan.Request:
    """Ask for the negation of each segment, too."""
    negations = [
        plan.Segment(f"not {name}", request.entity, plan.Not(request.segment(name).condition)) for name in request.asked
    ]
    return replace(
        request,
        asked=(*request.asked, *(each.name for each in negations)),
        segments=(*request.segments, *negations),
    )


def _is_in(inner: Span, outer: Span) -> bool:
    return inner.source.name == outer.source.name and outer.start <= inner.start < outer.end


def _settings(section: Section) -> Settings:
    given = section.settings
    params = {name: str(value) for name, value in given.get("set", {}).items()}
    week_starts = _WEEKDAYS.index(given.get("week_starts", "monday")) + 1
    return Settings(given.get("timezone", "UTC"), week_starts, params, given.get("entity"))


def _clock(section: Section) -> Clock:
    settings = _settings(section)
    zone = ZoneInfo(settings.timezone)
    match section.settings.get("as_of", _AS_OF):
        case dt.datetime() as moment:
            as_of = moment.astimezone(dt.UTC) if moment.tzinfo else of_wall(moment, zone)
        case dt.date() as day:
            as_of = midnight(day, zone)
        case other:
            raise ValueError(f"{section}: as_of is {other!r}; it is written without quotes")
    return Clock(as_of, zone, settings.week_starts)


def _place(diagnostic: Diagnostic) -> tuple[str, Mistake]:
    span = diagnostic.span
    return (span.source.name if span else "", (span.line if span else 0, diagnostic.name))


def _keys(members: str, everyone: set[str]) -> set[str]:
    """Return the keys that the words of a file name: `everyone`, `nobody`, `everyone but ada`, `ada, bob`."""
    but = re.fullmatch(r"everyone(?: but (.+))?", members)
    named = but[1] or "" if but else "" if members == "nobody" else members
    keys = {each.strip() for each in named.split(",") if each.strip()}
    return everyone - keys if but else keys


def _plain(value: object) -> str:
    if isinstance(value, float):
        value = Decimal(repr(value))
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def _told(members: set[str]) -> str:
    return ", ".join(sorted(members)) or "nobody"
