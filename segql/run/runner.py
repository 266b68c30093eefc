"""A question, its SQL, and the answer: verify the catalog, check the data, run the statement."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from pathlib import Path

import pyarrow as pa

from segql import compiler
from segql.analysis import Analyzed
from segql.diagnostics import Diagnostic, SegqlError
from segql.optimizer import Facts, optimize
from segql.plan import Clock, Expr, Request
from segql.plan.uses import merged
from segql.run import errors
from segql.run.backends import Backend, Column, EngineError, Lost, Overdue
from segql.run.batches import batches, halves
from segql.run.blame import Blame
from segql.run.certain import Guarantees
from segql.run.columns import as_told
from segql.run.costs import Costs, asked_alone, costs, least
from segql.run.halving import Halving
from segql.run.result import Counts, Members
from segql.run.soundness import Soundness
from segql.run.verify import Names, Verifier
from segql.source import Span
from segql.sql import Account, Form, Statement, account
from segql.sql.limits import limits_of

_SEGMENT = "segment"
# Of several segments that were not answered so many are named.
_NAMED = 5
# To find the part that fails takes many questions.
_EXPLAINED_MOST = 8


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
    _lent: dict[str, tuple[str, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def members(self, names: Sequence[str], clock: Clock) -> Members:
        """Ask for the members of segments of one entity.

        Where some of several fail in the engine, the others are still answered.

        Raises:
            SegqlError: the data is not what the catalog says, or nothing could be answered.
            KeyboardInterrupt: the query was interrupted.
        """
        ready = self._sound(names, clock, Form.MEMBERS)

        def ask(part: tuple[str, ...]) -> Iterator[pa.RecordBatch]:
            batches = self._started(ready[part] if part in ready else self._compiled(part, clock, Form.MEMBERS))
            if len(names) == 1 or len(part) > 1:
                return self._watched(batches, part, clock)
            # All of a segment or nothing: half of one would look like the whole.
            return iter([_labelled(part[0], each) for each in list(batches)])

        halving = Halving(ask, partial(self._failure, clock))
        found = (each for _, batches in halving.answers(list(ready)) for each in batches)
        rows = _without_empty(found)
        first = next(rows, None)
        if first is None:
            raise SegqlError(halving.failures)
        return Members(pa.RecordBatchReader.from_batches(first.schema, chain([first], rows)), halving.failures)

    def values(self, names: Sequence[str], clock: Clock) -> pa.RecordBatchReader:
        """Ask what each member gets by scores, tier lists and splits of one entity: the key, and a column for each.

        Raises:
            SegqlError: the data is not what the catalog says, or nothing could be answered.
            KeyboardInterrupt: the query was interrupted.
        """
        (compiled,) = self._sound(names, clock, Form.VALUES).values()
        types = [each.expr.type for each in compiled.request.values]
        try:
            batches = (as_told(each, types) for each in self._watched(self._started(compiled), names, clock))
            first = next(batches)
        except EngineError as error:
            raise SegqlError([self._failure(clock, names, error)]) from None
        return pa.RecordBatchReader.from_batches(first.schema, chain([first], batches))

    def counts(self, names: Sequence[str], clock: Clock, *, with_size: bool = False) -> Counts:
        """Ask how many members segments of one entity have; with its size, also how many there are of it.

        What fails in the engine stands in `failures`; where there are several, the others are still answered.

        Raises:
            SegqlError: the data is not what the catalog says.
            KeyboardInterrupt: the query was interrupted.
        """
        entity = self.analyzed.definitions[names[0]].entity
        ready = self._sound(names, clock, Form.COUNTS)

        def ask(part: tuple[str, ...]) -> list[int]:
            return self._row(ready[part] if part in ready else self._compiled(part, clock, Form.COUNTS))

        halving = Halving(ask, partial(self._failure, clock))
        counts: dict[str, int] = {}
        for part, found in halving.answers(list(ready)):
            counts |= dict(zip(part, found, strict=True))
        failures, size = list(halving.failures), None
        if with_size and counts:
            try:
                (size,) = self._row(self._made(self.analyzed.everyone(entity), clock))
            except EngineError as error:
                failures.append(errors.engine_failed(None, f"everyone of `{entity}`", str(error)))
        return Counts(entity, counts, size, tuple(failures))

    def costs(self, names: Sequence[str], clock: Clock, form: Form) -> Costs:
        """Run a request, and measure what of the time each segment, or value, of one entity costs.

        Each pass over a table is asked alone as well, and the conditions of the dearest segment.

        Raises:
            SegqlError: the data is not what the catalog says, or the engine could not answer.
            KeyboardInterrupt: the query was interrupted.
        """
        ready = list(self._sound(names, clock, form).values())
        accounts = [self._account(each, clock) for each in ready]
        try:
            sizes = self.backend.sizes(list({use.table for each in ready for use in each.uses}))
            timed = [(made, least(partial(self._read, each))) for made, each in zip(accounts, ready, strict=True)]
            return costs(timed, self._seconds, partial(self._seconds_of_part, clock), clock, sizes)
        except EngineError as error:
            raise SegqlError([self._failure(clock, names, error)]) from None

    def _account(self, made: Statement, clock: Clock) -> Account:
        catalog = self.backend.located(self.analyzed.catalog)
        dialect = self.backend.dialect
        return account(made.request, catalog, clock, dialect=dialect, form=made.form, lists=self.lists)

    def _read(self, compiled: Statement) -> None:
        """Run a statement to its end."""
        for _ in self._started(compiled):
            pass

    def _seconds(self, sql: str) -> float:
        return least(lambda: self._drained(sql))

    def _seconds_of_part(self, clock: Clock, request: Request, condition: Expr) -> float:
        return least(partial(self._asked, clock, asked_alone(request, condition)))

    def _drained(self, sql: str) -> None:
        self.backend.execute(sql).read_all()

    def _sound(self, names: Sequence[str], clock: Clock, form: Form) -> dict[tuple[str, ...], Statement]:
        """Compile, in batches, and make sure that the engine's tables are what the catalog says.

        A table is looked at once and a check is run once, however many statements need them.
        """
        made = self._cut(names, clock, form)
        located = self.backend.located(self.analyzed.catalog)
        called = Names.of(self.analyzed.catalog, located, self.root)
        try:
            verifier = Verifier(located, called, clock.zone.key, self.backend)
            problems, found = verifier.looked(merged([use for each in made.values() for use in each.uses]))
            soundness = Soundness(self.backend, called)
            done: set[str] = set()
            for each in made.values():
                if problems:
                    break
                self._lend(each)
                problems = soundness.problems([check for check in each.checks if check.sql not in done], each.uses)
                done |= {check.sql for check in each.checks}
            if not problems:
                guarantees = Guarantees(located, self.backend)
                return {part: self._certain(each, guarantees, found, part, clock, form) for part, each in made.items()}
        except EngineError as error:
            problems = [self._failure(clock, names, error)]
        raise SegqlError(problems)

    def _cut(self, names: Sequence[str], clock: Clock, form: Form) -> dict[tuple[str, ...], Statement]:
        """Return the statements that answer together, by the names that each is about, in the order asked."""
        if form is Form.VALUES:
            return {tuple(names): self._compiled(names, clock, form)}
        limits = limits_of(self.backend.dialect)
        most = limits.counts if form is Form.COUNTS else limits.members
        pending = batches(self.analyzed.request(names), most, limits.columns)[::-1]
        made: dict[tuple[str, ...], Statement] = {}
        while pending:
            part = pending.pop()
            compiled = self._compiled(part, clock, form)
            # How long it is, nobody knows before it is made.
            if len(part) > 1 and len(compiled.sql.encode()) > limits.length:
                first, second = halves(part)
                pending += [second, first]
            else:
                made[part] = compiled
        return made

    def _certain(
        self,
        compiled: Statement,
        guarantees: Guarantees,
        found: Mapping[str, Mapping[str, Column]],
        names: Sequence[str],
        clock: Clock,
        form: Form,
    ) -> Statement:
        """Return the statement, made again where the engine guarantees something that makes it simpler."""
        request = self.analyzed.values(names) if form is Form.VALUES else self.analyzed.request(names)
        facts = guarantees.facts(request, compiled.uses, found)
        if not facts or optimize(request, facts) == optimize(request):
            return compiled
        return self._compiled(names, clock, form, facts)

    def _compiled(self, names: Sequence[str], clock: Clock, form: Form, facts: Facts | None = None) -> Statement:
        return compiler.compile(
            replace(self.analyzed, catalog=self.backend.located(self.analyzed.catalog)),
            names,
            clock,
            dialect=self.backend.dialect,
            form=form,
            lists=self.lists,
            facts=facts,
        )

    def _lend(self, compiled: Statement) -> None:
        """Make the long lists of a statement tables of the engine; what it has already is not sent again."""
        for name, keys in compiled.lists.items():
            if self._lent.get(name) != keys:
                self.backend.provide(name, keys)
                self._lent[name] = keys

    def _started(self, compiled: Statement) -> Iterator[pa.RecordBatch]:
        """Run a statement up to its first batch, where most failures show; there is always one."""
        self._lend(compiled)
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
            raise SegqlError([self._failure(clock, names, error)]) from None

    def _row(self, compiled: Statement) -> list[int]:
        self._lend(compiled)
        table = self.backend.execute(compiled.sql).read_all()
        return [column[0].as_py() for column in table.columns]

    def _failure(self, clock: Clock, names: Sequence[str], error: EngineError, before: int = 0) -> Diagnostic:
        """Return what is to be said of a failure: what changed in the database meanwhile, else which part fails.

        After so many `before` it is not looked for any more.
        """
        if len(names) > 1:
            return errors.engine_failed(None, _several(names), str(error))
        name, outcomes = names[0], self.analyzed.outcomes
        is_value = name in outcomes
        whole = outcomes[name].span if is_value else self.analyzed.definitions[name].span
        what = f"`{name}`"
        if isinstance(error, Lost | Overdue) or before >= _EXPLAINED_MOST:
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
        self._row(self._made(request, clock))

    def _made(self, request: Request, clock: Clock) -> Statement:
        catalog = self.backend.located(self.analyzed.catalog)
        form, dialect = Form.COUNTS, self.backend.dialect
        return compiler.compile_request(request, catalog, clock, dialect=dialect, form=form, lists=self.lists)


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


def _labelled(name: str, batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return the members of one segment as those of several look: with its name before each."""
    segment = pa.array([name] * batch.num_rows, pa.string())
    return _tidy(pa.RecordBatch.from_arrays([segment, *batch.columns], [_SEGMENT, *batch.schema.names]))


def _without_empty(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Return batches without those that have no rows, of which some engines know no types; one, where all are so."""
    first: pa.RecordBatch | None = None
    is_any = False
    for each in batches:
        first = first or each
        if each.num_rows:
            is_any = True
            yield each
    if first is not None and not is_any:
        yield first


def _several(names: Sequence[str]) -> str:
    """Return how many segments they are, and the first of them."""
    some = ", ".join(f"`{each}`" for each in names[:_NAMED])
    return f"{len(names)} segments, {some}" + (", …" if len(names) > _NAMED else "")


def _short(span: Span) -> Span:
    """Return the first line of a place."""
    end = span.source.text.find("\n", span.start)
    return span if end < 0 else span.source.span(span.start, min(span.end, end))
