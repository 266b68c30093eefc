"""Which part of a question an engine fails on: asked of the engine itself, part by part."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from segql import plan
from segql.run.backends import EngineError, Lost, Overdue
from segql.source import NOWHERE, Span
from segql.tree import children, replace
from segql.types import BOOLEAN, INTEGER

# A failure is told after so many questions, or seconds, however little is known by then.
QUESTIONS_MOST = 40
_SECONDS_MOST = 20.0

# The name of a part while it is asked for; no segment in a file can be called so.
_PART = "?"

# Puts a part into what is asked: the part itself, or the rows that it is about.
_Around = Callable[[plan.Expr], plan.Expr]


@dataclass(slots=True)
class Blame:
    """Finds the part on which a question fails. `ask` counts the members of a request, or raises what the engine says.

    Example:
        Blame(request, ask).span(condition, error)
    """

    request: plan.Request
    ask: Callable[[plan.Request], None]
    _left: int = field(default=QUESTIONS_MOST, init=False)
    _until: float = field(default=0.0, init=False)

    def span(self, asked: plan.Expr, error: EngineError) -> Span | None:
        """Return the place of the smallest part of `asked` on which the engine fails; None where no part stands out."""
        self._until = time.monotonic() + _SECONDS_MOST
        try:
            if self._fails(plan.TRUE):
                # Without any condition it fails as well: the rows of the entity are to blame.
                where = self.request.filter_of(self.request.entity)
                return None if where is None else _written(where)
            return self._within(asked, str(error), lambda part: part)
        except (Lost, Overdue, _EnoughError):
            return None

    def _within(self, expr: plan.Expr, said: str, around: _Around) -> Span | None:
        """Return the place of the part of an expression, of which it is known that it fails."""
        best: tuple[plan.Expr, _Around] | None = None
        try:
            for part, inner in self._parts(expr, around):
                found = self._fails(inner(part))
                if found is not None and (best is None or str(found) == said):
                    best = part, inner
                    if str(found) == said:
                        break
            if best is not None:
                return self._within(best[0], said, best[1]) or _written(best[0]) or _written(expr)
        except (Lost, Overdue, _EnoughError):
            if best is not None:
                return _written(best[0])
        return _written(expr)

    def _parts(self, expr: plan.Expr, around: _Around) -> Iterator[tuple[plan.Expr, _Around]]:
        """Yield the conditions in an expression, and how each is asked alone: those beside each other, then inside."""
        match expr:
            case plan.And(operands) | plan.Or(operands):
                yield from ((each, around) for each in operands)
            case plan.Not(operand):
                yield operand, around
            case plan.InSegment() if expr.is_own:
                yield self.request.segment(expr.name).condition, around
            case _:
                for each in _inside(expr):
                    if isinstance(each, plan.Aggregate):
                        yield from self._of_rows(each, around)
                    else:
                        yield each, around

    def _of_rows(self, made: plan.Aggregate, around: _Around) -> Iterator[tuple[plan.Expr, _Around]]:
        """Yield the conditions on the rows of an aggregate, each asked as the only one on rows that are counted."""
        where = made.rows.where
        if where is None:
            return
        operands = where.operands if isinstance(where, plan.And | plan.Or) else (where,)
        for each in operands:
            yield each, partial(_counted, made.rows, around)

    def _fails(self, asked: plan.Expr) -> EngineError | None:
        """Return what the engine says to a condition, or None where it can answer."""
        if self._left == 0 or time.monotonic() > self._until:
            raise _EnoughError
        self._left -= 1
        segments = (*self.request.segments, plan.Segment(_PART, self.request.entity, asked))
        try:
            self.ask(replace(self.request, asked=(_PART,), segments=segments, values=()))
        except (Lost, Overdue):
            raise
        except EngineError as error:
            return error
        return None


class _EnoughError(Exception):
    """No more questions are asked."""


def _counted(rows: plan.Rows, around: _Around, where: plan.Expr) -> plan.Expr:
    """Return whether there are rows for which a condition holds."""
    counted = plan.Aggregate(plan.Tally.COUNT, replace(rows, where=where), None, INTEGER)
    return around(plan.Compare(plan.Op.GE, counted, plan.Literal(1, INTEGER)))


def _inside(expr: Any) -> Iterator[plan.Expr]:
    """Yield the largest conditions and aggregates inside an expression; inside of one the rows are others."""
    for each in children(expr):
        if isinstance(each, plan.Aggregate) or getattr(each, "type", None) == BOOLEAN:
            if not isinstance(each, plan.Literal | plan.Field | plan.JsonValue):
                yield each  # type: ignore[misc]
        else:
            yield from _inside(each)


def _written(expr: plan.Expr) -> Span | None:
    """Return where an expression was written; of one that was made of others, where the first of them was."""
    pending: list[Any] = [expr]
    while pending:
        each = pending.pop(0)
        if each.span is not NOWHERE:
            return each.span  # type: ignore[no-any-return]
        pending += children(each)
    return None
