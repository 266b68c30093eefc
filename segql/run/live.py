"""Is a whole catalog what the database has? Asked for by itself, whatever segments use of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from segql import compiler, plan
from segql.analysis import Analyzed
from segql.catalog import Stream
from segql.diagnostics import Diagnostic, SegqlError
from segql.plan import Clock
from segql.run import errors
from segql.run.backends import Backend, Column, EngineError, Lost, Promise
from segql.run.soundness import Soundness
from segql.run.verify import Names, Verifier
from segql.sql.audit import VALUES_MOST, Audit, Owner, Tally, Values

_SOME = 5
# Clocks differ a little, and what is planned for tomorrow is no mistake.
_SOON = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Live:
    """Compares all that a catalog says with what an engine has. Nothing is written.

    `lists` holds the keys of static lists by name; paths in the catalog begin at `root`. `is_now`: the clock shows the
    moment of the run.

    Example:
        Live(analyzed, {}, root, backend, is_now=True).problems(clock)
    """

    analyzed: Analyzed
    lists: Mapping[str, tuple[str, ...]]
    root: Path
    backend: Backend
    is_now: bool

    def problems(self, clock: Clock) -> list[Diagnostic]:
        """Return every way in which the data is not as the catalog says; errors, and warnings of what it shows.

        Raises:
            EngineError: the engine does not answer at all.
        """
        located = self.backend.located(self.analyzed.catalog)
        names = Names.of(self.analyzed.catalog, located, self.root)
        if self.is_now:
            clock = Clock(clock.as_of + _SOON, clock.zone, clock.week_starts)
        audit = Audit(located, self.analyzed.filters, self.analyzed.row_filters, clock, self.backend.dialect)
        verifier = Verifier(located, names, clock.zone.key, self.backend)
        found, sound, columns = self._compared(audit, verifier)
        told = {each.span for each in found}
        tables = {each.table.name for each in sound}
        checks = [each for each in audit.checks() if each.table.name in tables and each.span not in told]
        for check, problem in Soundness(self.backend, names).failed(checks, [use for _, use in audit.uses()]):
            found.append(problem)
            # What cannot be read as declared cannot be counted.
            if check.kind == "broken-value":
                sound = [each for each in sound if each.table != check.table]
        for owner in sound:
            enums = {name: each.values for name, each in columns[owner.table.name].items()}
            found += self._shown(owner, audit, names, clock, enums)
        readable = {each.name for each in sound}
        found += self._strangers(clock, readable)
        return list(dict.fromkeys(found))

    def _compared(
        self, audit: Audit, verifier: Verifier
    ) -> tuple[list[Diagnostic], list[Owner], Mapping[str, Mapping[str, Column]]]:
        """Return what is wrong with tables and columns, the declarations with which nothing is, and all columns."""
        problems: list[Diagnostic] = []
        sound: list[Owner] = []
        columns: dict[str, Mapping[str, Column]] = {}
        for owner, use in audit.uses():
            found, there = verifier.compared([use])
            problems += found
            columns |= there
            if not found:
                sound.append(owner)
        uses = [use for _, use in audit.uses() if use.table.name in columns]
        return [*problems, *verifier.links(uses, columns)], sound, columns

    def _shown(
        self, owner: Owner, audit: Audit, names: Names, clock: Clock, enums: Mapping[str, tuple[str, ...]]
    ) -> Iterator[Diagnostic]:
        """Yield what the rows of a declaration show; `enums` are the values that the type of a column has."""
        tally = audit.tally(owner, self._sure(owner))
        if tally is not None:
            yield from self._asked(owner, names, lambda: list(self._counted(tally, names, audit, clock)))
        folded = str.casefold if self.backend.ignores_case else str
        for each in audit.values(owner):
            known = next((values for name, values in enums.items() if name == folded(each.field.column)), ())
            yield from self._asked(owner, names, partial(self._listed, each, known))

    def _counted(self, tally: Tally, names: Names, audit: Audit, clock: Clock) -> Iterator[Diagnostic]:
        rows, *counts = (each[0].as_py() for each in self.backend.execute(tally.sql).read_all().columns)
        table = names[tally.owner.table]
        for field, there in zip(tally.fields, counts, strict=False):
            if there < rows:
                yield errors.missing_values(field.span, table, field.name, rows - there, rows)
        if isinstance(tally.owner, Stream) and rows:
            timed, ahead = counts[-2:]
            span, stream, at = audit.catalog.place(tally.owner, "at"), tally.owner.name, tally.owner.at
            if not timed:
                yield errors.no_times(span, stream, at, rows)
            # Of a project that asks for an earlier instant, some events lie ahead on purpose.
            elif ahead == timed or (ahead and self.is_now):
                yield errors.times_ahead(span, stream, at, ahead, timed, clock.as_of.date().isoformat())

    def _listed(self, values: Values, known: tuple[str, ...]) -> list[Diagnostic]:
        """Return what a list of values and the data do not have in common; of an enum, the type knows `known`."""
        table = self.backend.execute(values.sql).read_all()
        found = list(zip(*(each.to_pylist() for each in table.columns), strict=True))
        field, listed = values.field, values.field.values or ()
        problems: list[Diagnostic] = []
        others = [(value, count) for value, count in found if value not in listed]
        if others:
            is_cut = len(others) > _SOME
            problems.append(errors.unlisted_values(field.span, field.name, others[:_SOME], is_cut=is_cut))
        there = {*known, *(value for value, _ in found)}
        absent = [each for each in listed if each not in there]
        if absent and found and len(found) < VALUES_MOST:
            problems.append(errors.absent_values(field.span, field.name, absent))
        return problems

    def _strangers(self, clock: Clock, readable: set[str]) -> Iterator[Diagnostic]:
        """Yield the static lists that hold the key of no member."""
        catalog = self.backend.located(self.analyzed.catalog)
        for each in catalog.lists.values():
            keys = self.lists[each.name]
            if not keys or each.entity not in readable:
                continue
            segment = plan.Segment("?", each.entity, plan.InList(each.name))
            filters = tuple(plan.Filter(name, where) for name, where in self.analyzed.filters.items())
            request = plan.Request(each.entity, ("?",), (segment,), filters)
            try:
                if not self._size(request, clock):
                    yield errors.keys_of_nobody(each.span, each.name, len(keys), each.entity)
            except SegqlError as error:
                yield from error.diagnostics

    def _size(self, request: plan.Request, clock: Clock) -> int:
        catalog, dialect = self.backend.located(self.analyzed.catalog), self.backend.dialect
        made = compiler.compile_request(request, catalog, clock, dialect=dialect, form="counts", lists=self.lists)
        for name, keys in made.lists.items():
            self.backend.provide(name, keys)
        return int(self.backend.execute(made.sql).read_all().columns[0][0].as_py())

    def _sure(self, owner: Owner) -> Sequence[str]:
        """Return the columns of which the database says that no value is missing."""
        try:
            promises: Mapping[str, Promise] = self.backend.promises(owner.table)
        except Lost:
            raise
        except EngineError:
            return ()
        return [name for name, each in promises.items() if each.may_miss is False]

    def _asked(self, owner: Owner, names: Names, ask: Callable[[], list[Diagnostic]]) -> list[Diagnostic]:
        """Return what a question finds; what the engine cannot answer is told at the declaration."""
        try:
            return ask()
        except Lost:
            raise
        except EngineError as error:
            return [errors.rows_failed(owner.table.span, f"`{names[owner.table]}`", str(error))]
