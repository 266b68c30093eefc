"""The engine's own clock, and steps of the calendar, which boundaries are worked out by where the clock moves."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from segql.plan import Unit
from segql.sql.literals import text


class Calendar:
    """The clock, steps of months and beginnings of periods that engines share."""

    def now(self) -> exp.Expr:
        """Return the instant that the engine's clock shows, the same one wherever it stands in a statement."""
        return exp.AtTimeZone(this=exp.CurrentTimestamp(), zone=text("UTC"))

    def months_later(self, moment: exp.Expr, count: int) -> exp.Expr:
        """Return a timestamp moved by calendar months, back where they are negative.

        A day that the month lacks becomes its last; the time of day stays.
        """
        length = exp.Interval(this=text(str(abs(count))), unit=exp.Var(this="MONTH"))
        return (exp.Add if count >= 0 else exp.Sub)(this=moment, expression=length)

    def start_of(self, unit: Unit, moment: exp.Expr) -> exp.Expr:
        """Return the timestamp at which the day, week (from Monday), month, quarter or year of another begins."""
        return exp.Anonymous(this="DATE_TRUNC", expressions=[text(unit.value), moment])

    def outermost(self, values: Sequence[exp.Expr], *, is_latest: bool) -> exp.Expr:
        """Return the earliest or the latest of several moments, none of which is missing."""
        kind = exp.Greatest if is_latest else exp.Least
        return kind(this=values[0], expressions=list(values[1:]), ignore_nulls=False)
