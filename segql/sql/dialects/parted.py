"""The beginning of a period by the parts of a date, for engines that have no `DATE_TRUNC`."""

from __future__ import annotations

from abc import abstractmethod

from sqlglot import exp

from segql.plan import Part, Unit
from segql.sql.dialects.calendar import Calendar
from segql.sql.dialects.times import Times
from segql.sql.literals import number
from segql.types import DATE


class Parted(Times, Calendar):
    """Periods begin so many days and months before a day as its own parts say."""

    @abstractmethod
    def back(self, moment: exp.Expr, count: exp.Expr, unit: str) -> exp.Expr:
        """Return the moment that lies so many days or months before another."""

    def start_of(self, unit: Unit, moment: exp.Expr) -> exp.Expr:
        """Return the timestamp at which a period begins."""
        day = self.day_of(moment)
        start = self.midnight_of(day)
        if unit is Unit.DAY:
            return start
        if unit is Unit.WEEK:
            return self.back(start, self._above_one(Part.WEEKDAY, day), "DAY")
        start = self.back(start, self._above_one(Part.DAY, day), "DAY")
        months = self._above_one(Part.MONTH, day)
        match unit:
            case Unit.QUARTER:
                return self.back(start, exp.Mod(this=exp.Paren(this=months), expression=number(3)), "MONTH")
            case Unit.YEAR:
                return self.back(start, months, "MONTH")
            case _:
                return start

    def _above_one(self, part: Part, day: exp.Expr) -> exp.Expr:
        return exp.Sub(this=self.part(part, day.copy(), DATE), expression=number(1))
