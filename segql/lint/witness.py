"""A made-up member who meets a condition: rows for the reference, and words for people."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from segql import plan
from segql.catalog import Catalog
from segql.logic.counts import is_part
from segql.logic.solver import Known, example
from segql.plan import Tally
from segql.plan.explain import show
from segql.plan.rows import Rows
from segql.reference import evaluate, value_of
from segql.reference.windows import resolve
from segql.types import INTEGER

# Nobody is made up who did something more often.
_ROWS_MOST = 1_000
_SECOND = dt.timedelta(seconds=1)
_KEY = 1
_NAME = "somebody"


class _NotMadeError(Exception):
    """Somebody of whom that holds cannot be made up here."""


class Witness:
    """Makes members up; `known` says what may be taken as given of the rows that a condition reads."""

    def __init__(self, catalog: Catalog, clock: plan.Clock, known: Callable[[Rows], Known]) -> None:
        self._catalog, self._clock, self._known = catalog, clock, known
        self._tables: dict[str, list[dict[str, Any]]] = defaultdict(list)

    def told(self, condition: plan.Expr, rows: Rows) -> str | None:
        """Return in words somebody who meets a condition on these rows, or such a row of theirs; None if none is sure.

        The reference has looked at the rows that were made up, and found that it is so.

        Raises:
            UndecidedError: there are too many ways to look at.
        """
        found = example(condition, self._known(rows))
        if found is None or not found.is_sure or not found.values:
            return None
        member: dict[str, Any] = {self._catalog.entities[rows[0]].key: _KEY}
        self._tables[self._catalog.entities[rows[0]].table.name].append(member)
        try:
            cells = member if len(rows) == 1 else self._row(rows[-1])
            self._fill({0: member, len(rows) - 1: cells}, rows, found.values)
            asked = condition if len(rows) == 1 else _some(rows[-1], condition, self._catalog)
            is_so = self._is_met(asked, rows[0])
        except _NotMadeError:
            return None
        values = ", ".join(_said(value, found.values[value]) for value in found.values)
        return f"{_a(rows[-1])} with {values}" if is_so else None

    def _is_met(self, condition: plan.Expr, entity: str) -> bool:
        request = plan.Request(entity, (_NAME,), (plan.Segment(_NAME, entity, condition),))
        return evaluate(request, self._catalog, self._tables, self._clock, {})[_NAME] == {_KEY}

    # ── rows ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _row(self, owner: str, at: dt.datetime | None = None) -> dict[str, Any]:
        """Return a new row of the member's, without a value yet."""
        if owner in self._catalog.streams:
            stream = self._catalog.streams[owner]
            made = {stream.by: _KEY, stream.at: at or self._clock.as_of - _SECOND}
            self._tables[stream.table.name].append(made)
        elif owner in self._catalog.manys:
            many = self._catalog.manys[owner]
            made = {many.by: _KEY}
            self._tables[many.table.name].append(made)
        else:
            raise _NotMadeError
        return made

    def _fill(self, cells: Mapping[int, dict[str, Any]], rows: Rows, values: Mapping[plan.Expr, Any]) -> None:
        """Give rows the values that are read of them."""
        made: list[plan.Aggregate] = []
        for value, sample in values.items():
            if isinstance(value, plan.Field) and value.level in cells:
                self._put(cells[value.level], rows[value.level], value, sample)
            elif isinstance(value, plan.Aggregate) and len(rows) == 1:
                made.append(value)
            else:
                raise _NotMadeError
        for each in _inner_first(made):
            self._happened(each, rows, values[each])

    def _put(self, cells: dict[str, Any], owner: str, field: plan.Field, value: Any) -> None:
        fields = self._catalog.fields_of(owner)
        if len(field.path) > 1 or (not field.path and field.name not in fields):
            raise _NotMadeError
        if not field.path:
            column = fields[field.name].column
            if cells.get(column, value) != value:
                raise _NotMadeError
            cells[column] = value
            return
        one = self._catalog.one(owner, field.path[0])
        if one is None or value is None:
            # Whoever has no row there has no value.
            return
        table = self._tables[one.table.name]
        if one.by not in cells:
            cells[one.by] = _KEY
            table.append({one.key: cells[one.by]})
        own = self._catalog.entities[one.entity].fields if one.entity else one.fields
        target = next((row for row in table if row.get(one.key) == cells[one.by]), None)
        if target is None or field.name not in own:
            raise _NotMadeError
        target[own[field.name].column] = value

    def _happened(self, made: plan.Aggregate, rows: Rows, value: Any) -> None:
        """Add rows until what is made of them is this value."""
        now = value_of(made, _KEY, rows[0], self._catalog, self._tables, self._clock)
        if now == value:
            return
        source = made.rows
        if isinstance(source, plan.Items):
            raise _NotMadeError
        owner = source.stream if isinstance(source, plan.Events) else source.relation
        below = (*rows, owner)
        inside = example(source.where, self._known(below)) if source.where is not None else None
        if source.where is not None and (inside is None or not inside.is_sure):
            raise _NotMadeError
        missing = value - now if made.tally is Tally.COUNT else 1
        if not 0 < missing <= _ROWS_MOST:
            raise _NotMadeError
        for _ in range(missing):
            cells = self._row(owner, self._instant(source.window) if isinstance(source, plan.Events) else None)
            self._fill({1: cells}, below, inside.values if inside else {})
            if made.value is not None:
                if not isinstance(made.value, plan.Field):
                    raise _NotMadeError
                self._put(cells, owner, made.value, value)

    def _instant(self, window: plan.Window | None) -> dt.datetime:
        """Return an instant in a window, early in it, so that it lies in few shorter ones."""
        last = self._clock.as_of - _SECOND
        if window is None:
            return last.replace(year=last.year - 20, day=1)
        start = resolve(window.start, self._clock) if window.start is not None else None
        end = resolve(window.end, self._clock) if window.end is not None else last
        return min(end - _SECOND if start is None else start + _SECOND, last)


def _inner_first(every: Iterable[plan.Aggregate]) -> list[plan.Aggregate]:
    """Return values made of rows in an order in which those of a part of the rows come before those of all."""
    left, ordered = list(every), list[plan.Aggregate]()
    while left:
        first = next(
            (each for each in left if not any(is_part(other, each) for other in left if other is not each)), left[0]
        )
        left.remove(first)
        ordered.append(first)
    return ordered


def _some(owner: str, where: plan.Expr, catalog: Catalog) -> plan.Expr:
    """Return the condition that there is such a row."""
    if owner in catalog.streams:
        rows: plan.Rows = plan.Events(owner, None, where)
    elif owner in catalog.manys:
        rows = plan.Related(owner, where)
    else:
        raise _NotMadeError
    made = plan.Aggregate(Tally.COUNT, rows, None, INTEGER)
    return plan.Compare(plan.Op.GE, made, plan.Literal(1, INTEGER))


def _said(value: plan.Expr, sample: Any) -> str:
    text = value.span.text
    name = show(value)
    # What was written is easier to read than the plan, unless it takes many lines.
    if isinstance(value, plan.Aggregate) and "\n" not in text:
        if text.startswith(value.tally):
            name = text
        elif isinstance(value.rows, plan.Events) and value.value is None and text.startswith(value.rows.stream):
            name = f"count({text})"
    if sample is None:
        return f"`{name}` missing"
    shown = str(sample).lower() if isinstance(sample, bool) else show(plan.Literal(sample, value.type))
    return f"`{name} = {shown}`"


def _a(name: str) -> str:
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"
