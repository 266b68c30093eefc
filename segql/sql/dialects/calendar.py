"""Steps of the calendar by intervals and `DATE_TRUNC`, for engines where these do as the language does."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from segql.plan import Unit
from segql.sql.literals import text


class Calendar:
    """The engine's clock and the calendar, as several engines have them alike."""

    def now(self) -> exp.Expr:
        """Return the instant at which the transaction began."""
        return exp.AtTimeZone(this=exp.CurrentTimestamp(), zone=text("UTC"))

    def months_later(self, moment: exp.Expr, count: int) -> exp.Expr:
        """Return a timestamp moved by calendar months; their `INTERVAL` takes the last day where there is none."""
        length = exp.Interval(this=text(str(abs(count))), unit=exp.Var(this="MONTH"))
        return (exp.Add if count >= 0 else exp.Sub)(this=moment, expression=length)

    def start_of(self, unit: Unit, moment: exp.Expr) -> exp.Expr:
        """Return the timestamp at which a period begins."""
        return exp.Anonymous(this="DATE_TRUNC", expressions=[text(unit.value), moment])

    def outermost(self, values: Sequence[exp.Expr], *, is_latest: bool) -> exp.Expr:
        """Return the earliest or the latest of several moments."""
        kind = exp.Greatest if is_latest else exp.Least
        return kind(this=values[0], expressions=list(values[1:]), ignore_nulls=True)
