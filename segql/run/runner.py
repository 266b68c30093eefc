"""A question, its SQL, and the answer: verify the catalog, check the data, run the statement."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from pathlib import Path

import pyarrow as pa

from segql import compiler
from segql.analysis import Analyzed
from segql.diagnostics import Diagnostic, SegqlError
from segql.optimizer import Facts, optimize
from segql.plan import Clock, Request
from segql.run import errors
from segql.run.backends import Backend, Column, EngineError, Lost, Overdue
from segql.run.blame import Blame
from segql.run.certain import Guarantees
from segql.run.columns import as_told
from segql.run.result import Counts, Members
from segql.run.soundness import Soundness
from segql.run.verify import Names, Verifier
from segql.source import Span
from segql.sql import Form, Statement

_SEGMENT = "segment"


@dataclass(frozen=True, slots=True)
class Runner:
    """Asks one engine about the segments of one project.

    `lists` holds the keys of static lists by name; paths in the catalog begin at `root`.

    Example:
        Runner(analyzed, {}, root, backend).counts(["vip"], clock)
    """

    analyzed: Analyzed
    lists: Mapping[str, tuple[str, ...]]
    root: Path
    backend: Backend

    def members(self, names: Sequence[str], clock: Clock) -> Members:
        """Ask for the members of segments of one entity.

        Where one of several fails in the engine, the others are still answered.

        Raises:
            SegqlError: the data is not what the catalog says, or nothing could be answered.
            KeyboardInterrupt: the query was interrupted.
        """
        compiled = self._sound(names, clock, Form.MEMBERS)
        failures: list[Diagnostic] = []
        try:
            batches = self._watched(self._started(compiled), names, clock)
        except EngineError as error:
            if len(names) == 1:
                raise SegqlError([self._failure(names, clock, error)]) from None
            batches = self._one_by_one(names, clock, failures)
        first = next(batches, None)
        if first is None:
            raise SegqlError(failures)
        return Members(pa.RecordBatchReader.from_batches(first.schema, chain([first], batches)), failures)

    def values(self, names: Sequence[str], clock: Clock) -> pa.RecordBatchReader:
        """Ask what each member gets by scores, tier lists and splits of one entity: the key, and a column for each.

        Raises:
            SegqlError: the data is not what the catalog says, or nothing could be answered.
            KeyboardInterrupt: the query was interrupted.
        """
        compiled = self._sound(names, clock, Form.VALUES)
        types = [each.expr.type for each in compiled.request.values]
        try:
            batches = (as_told(each, types) for each in self._watched(self._started(compiled), names, clock))
            first = next(batches)
        except EngineError as error:
            raise SegqlError([self._failure(names, clock, error)]) from None
        return pa.RecordBatchReader.from_batches(first.schema, chain([first], batches))

    def counts(self, names: Sequence[str], clock: Clock) -> Counts:
        """Ask how many members segments of one entity have.

        What fails in the engine stands in `failures`; where it is one of several, the others are
        still answered.

        Raises:
            SegqlError: the data is not what the catalog says.
            KeyboardInterrupt: the query was interrupted.
        """
        entity = self.analyzed.definitions[names[0]].entity
        try:
            *found, size = self._row(self._sound(names, clock, Form.COUNTS))
            return Counts(entity, dict(zip(names, found, strict=True)), size)
        except EngineError as error:
            if len(names) == 1:
                return Counts(entity, {}, 0, (self._failure(names, clock, error),))
        return self._counted_one_by_one(names, clock, entity)

    def _sound(self, names: Sequence[str], clock: Clock, form: Form) -> Statement:
        """Compile, and make sure that the engine's tables are what the catalog says."""
        compiled = self._compiled(names, clock, form)
        located = self.backend.located(self.analyzed.catalog)
        called = Names.of(self.analyzed.catalog, located, self.root)
        try:
            verifier = Verifier(located, called, clock.zone.key, self.backend)
            problems, found = verifier.looked(compiled.uses)
            if not problems:
                problems = Soundness(self.backend, called).problems(compiled.checks, compiled.uses)
            if not problems:
                return self._certain(compiled, found, names, clock, form)
        except EngineError as error:
            problems = [self._failure(names, clock, error)]
        raise SegqlError(problems)

    def _certain(
        self,
        compiled: Statement,
        found: Mapping[str, Mapping[str, Column]],
        names: Sequence[str],
        clock: Clock,
        form: Form,
    ) -> Statement:
        """Return the statement, made again where the engine guarantees something that makes it simpler."""
        request = self.analyzed.values(names) if form is Form.VALUES else self.analyzed.request(names)
        located = self.backend.located(self.analyzed.catalog)
        facts = Guarantees(located, self.backend).facts(request, compiled.uses, found)
        if not facts or optimize(request, facts) == optimize(request):
            return compiled
        return self._compiled(names, clock, form, facts)

    def _compiled(self, names: Sequence[str], clock: Clock, form: Form, facts: Facts | None = None) -> Statement:
        located = self.backend.located(self.analyzed.catalog)
        compiled = compiler.compile(
            replace(self.analyzed, catalog=located),
            names,
            clock,
            dialect=self.backend.dialect,
            form=form,
            lists=self.lists,
            facts=facts,
        )
        for name, keys in compiled.lists.items():
            self.backend.provide(name, keys)
        return compiled

    def _started(self, compiled: Statement) -> Iterator[pa.RecordBatch]:
        """Run a statement up to its first batch, where most failures show; there is always one."""
        reader = self.backend.execute(compiled.sql)
        first = next(reader, None)
        if first is None:
            first = pa.RecordBatch.from_pylist([], schema=reader.schema)
        return (_tidy(each) for each in chain([first], reader))

    def _watched(
        self, batches: Iterator[pa.RecordBatch], names: Sequence[str], clock: Clock
    ) -> Iterator[pa.RecordBatch]:
        try:
            yield from batches
        except EngineError as error:
            # Some members are out already, so it is too late for the others alone.
            raise SegqlError([self._failure(names, clock, error)]) from None

    def _one_by_one(self, names: Sequence[str], clock: Clock, failures: list[Diagnostic]) -> Iterator[pa.RecordBatch]:
        for name in names:
            try:
                # All of a segment or nothing: half of one would look like the whole.
                batches = list(self._started(self._compiled([name], clock, Form.MEMBERS)))
            except EngineError as error:
                failures.append(self._failure([name], clock, error))
                continue
            for batch in batches:
                segment = pa.array([name] * batch.num_rows, pa.string())
                yield _tidy(pa.RecordBatch.from_arrays([segment, *batch.columns], [_SEGMENT, *batch.schema.names]))

    def _counted_one_by_one(self, names: Sequence[str], clock: Clock, entity: str) -> Counts:
        counts: dict[str, int] = {}
        failures: list[Diagnostic] = []
        size = 0
        for name in names:
            try:
                counts[name], size = self._row(self._compiled([name], clock, Form.COUNTS))
            except EngineError as error:
                failures.append(self._failure([name], clock, error))
        return Counts(entity, counts, size, tuple(failures))

    def _row(self, compiled: Statement) -> list[int]:
        table = self.backend.execute(compiled.sql).read_all()
        return [column[0].as_py() for column in table.columns]

    def _failure(self, names: Sequence[str], clock: Clock, error: EngineError) -> Diagnostic:
        """Return what is to be said of a failure: what changed in the database meanwhile, else which part fails."""
        if len(names) > 1:
            return errors.engine_failed(None, f"{len(names)} segments", str(error))
        name, outcomes = names[0], self.analyzed.outcomes
        is_value = name in outcomes
        whole = outcomes[name].span if is_value else self.analyzed.definitions[name].span
        what = f"`{name}`"
        if isinstance(error, Lost | Overdue):
            return errors.engine_failed(whole, what, str(error))
        request = self.analyzed.values(names) if is_value else self.analyzed.request(names)
        try:
            if changed := self._changed(names, clock, Form.VALUES if is_value else Form.COUNTS):
                return changed[0]
            asked = request.values[0].expr if is_value else request.segment(name).condition
            span = Blame(request, partial(self._asked, clock)).span(asked, error)
        except EngineError:
            span = None
        if span is None:
            return errors.engine_failed(whole, what, str(error))
        is_inside = span.source is whole.source and whole.start <= span.start and span.end <= whole.end
        place = None if is_inside else _short(whole)
        return errors.engine_failed(span, what, str(error), is_part=True, place=place)

    def _changed(self, names: Sequence[str], clock: Clock, form: Form) -> list[Diagnostic]:
        """Return in what the engine's tables are no longer what the catalog says."""
        compiled = self._compiled(names, clock, form)
        located = self.backend.located(self.analyzed.catalog)
        called = Names.of(self.analyzed.catalog, located, self.root)
        return Verifier(located, called, clock.zone.key, self.backend).problems(compiled.uses)

    def _asked(self, clock: Clock, request: Request) -> None:
        """Count the members of a request; what the engine says to it is what is wanted."""
        catalog = self.backend.located(self.analyzed.catalog)
        form, dialect = Form.COUNTS, self.backend.dialect
        compiled = compiler.compile_request(request, catalog, clock, dialect=dialect, form=form, lists=self.lists)
        for each, keys in compiled.lists.items():
            self.backend.provide(each, keys)
        self.backend.execute(compiled.sql).read_all()


def _tidy(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return a batch that every format can write: each name once, values as they are."""
    columns = [
        column.dictionary_decode() if pa.types.is_dictionary(column.type) else column for column in batch.columns
    ]
    # The key may be called `segment`, too.
    names = batch.schema.names
    if len(set(names)) < len(names):
        names = [_SEGMENT, "key"]
    return pa.RecordBatch.from_arrays(columns, names)


def _short(span: Span) -> Span:
    """Return the first line of a place."""
    end = span.source.text.find("\n", span.start)
    return span if end < 0 else span.source.span(span.start, min(span.end, end))
