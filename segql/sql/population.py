"""Places among everyone: window functions over the members, as columns of steps of their own, each made once."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from sqlglot import exp

from segql import plan
from segql.plan import Average, End, Extreme, Median, Percentile, Quantile, Rank
from segql.sql.expressions import Translator
from segql.sql.groups import label
from segql.sql.literals import all_of, case, column, known, named, number
from segql.sql.names import Names


class Populations:
    """The columns that measures are made of.

    A measure is read from columns of the members: `columns` gives those of a step, `value` reads them a step later.
    Whoever is not compared has null in a column that every reading needs.
    """

    def __init__(self, names: Names) -> None:
        self._names = names
        self._columns: dict[object, str] = {}

    @staticmethod
    def steps(population: plan.Population) -> int:
        """Return how many steps one after the other its columns take."""
        return 2 if isinstance(population.measure, Median | Percentile) else 1

    def columns(self, population: plan.Population, step: int, late: Translator) -> list[exp.Expr]:
        """Return the columns of a step, from 0 on, that no other measure has made already.

        `late` reads what the measure is about from columns that were made before.
        """
        crowd = _Crowd(population, late)
        made: list[exp.Expr] = []
        for kind, of in self._wanted(population, crowd, step):
            place = self._place(population, kind)
            if place not in self._columns:
                self._columns[place] = self._names.new(f"{shown(population.value)}_{kind}")
                made.append(named(of(), self._columns[place]))
        return made

    def value(self, population: plan.Population, late: Translator) -> exp.Expr:
        """Return what the measure finds, from the columns of all its steps."""
        match population.measure:
            case Extreme(end, percent):
                # The rank is at most a share, rounded up, exactly where one less is below that share.
                before = _less_one(self._column(population, "rank" if end is End.TOP else "place"))
                share = Fraction(percent) / 100
                return exp.LT(
                    this=_times(before, share.denominator),
                    expression=_times(self._column(population, "count"), share.numerator),
                )
            case Rank():
                return self._column(population, "rank")
            case Quantile(parts):
                before = _less_one(self._column(population, "place"))
                part = late.dialect.quotient(_times(before, parts), self._column(population, "count"))
                return exp.Add(this=number(1), expression=part)
            case Average():
                return self._mean(population, "total", "count", late)
            case Median():
                return self._mean(population, "middle_total", "middle_count", late)
            case Percentile():
                return self._column(population, "percentile")

    def _wanted(
        self, population: plan.Population, crowd: _Crowd, step: int
    ) -> list[tuple[str, Callable[[], exp.Expr]]]:
        """Return the columns of a step by what they hold."""
        count = ("count", crowd.count)
        match population.measure, step:
            case Extreme(End.TOP), 0:
                return [("rank", lambda: crowd.rank(is_descending=True)), count]
            case ((Extreme(End.BOTTOM) | Quantile()), 0):
                return [("place", lambda: crowd.rank(is_descending=False)), count]
            case Rank(), 0:
                return [("rank", lambda: crowd.rank(is_descending=True))]
            case Average(), 0:
                return [("total", crowd.total), count]
            case Median(), 0:
                return [("row", crowd.row), count]
            case Median(), 1:
                middle = self._is_middle(population)
                return [
                    ("middle_total", lambda: crowd.total(middle)),
                    ("middle_count", lambda: crowd.count(middle)),
                ]
            case Percentile(), 0:
                return [("reached", crowd.reached), count]
            case Percentile(percent), 1:
                share = Fraction(percent) / 100
                reached = _times(self._column(population, "reached"), share.denominator)
                needed = _times(self._column(population, "count"), share.numerator)
                return [("percentile", lambda: crowd.least(exp.GTE(this=reached, expression=needed)))]
            case _:
                return []

    def _is_middle(self, population: plan.Population) -> exp.Expr:
        """Return whether a row is the middle one or of the middle two: count <= 2 · row <= count + 2."""
        count = self._column(population, "count")
        most = exp.Add(this=count.copy(), expression=number(2))
        return exp.Between(this=_times(self._column(population, "row"), 2), low=count, high=most)

    def _mean(self, population: plan.Population, total: str, count: str, late: Translator) -> exp.Expr:
        made = (self._column(population, total), self._column(population, count))
        return late.mean(*made, population.type, population.value.type.scale)

    def _column(self, population: plan.Population, kind: str) -> exp.Column:
        return column(self._columns[self._place(population, kind)])

    def _place(self, population: plan.Population, kind: str) -> object:
        """Return what a column is known by: the same for all measures that can share it."""
        measure = population.measure if kind == "percentile" else None
        return (kind, population.value, population.within, population.among, measure)


def shown(value: plan.Expr) -> str:
    """Return a name that tells what a value is."""
    match value:
        case plan.Field(_, _, name):
            return name
        case plan.Aggregate(_, plan.Events(stream)):
            return label(value, "", stream)
        case plan.Aggregate(_, plan.Related(relation)):
            return label(value, "", relation.rpartition(".")[2])
        case _:
            return "value"


class _Crowd:
    """Those who are compared, as window functions: their group and their segment make the partition.

    Rows of others are partitions of their own, or have no value, which no function sees; what they find is not read.
    """

    def __init__(self, population: plan.Population, late: Translator) -> None:
        self.population, self.late = population, late

    def rank(self, *, is_descending: bool) -> exp.Expr:
        """Return the rank of each, equal values sharing the first; null for whoever is not compared."""
        return self._if_compared(self._over(exp.Anonymous(this="rank"), self._order(is_descending=is_descending)))

    def row(self) -> exp.Expr:
        """Return the place of each in order, equal values in any."""
        return self._over(exp.RowNumber(), self._order(is_descending=False))

    def reached(self) -> exp.Expr:
        """Return how many values are at or below each."""
        return self._over(exp.Count(this=self._value()), self._order(is_descending=False))

    def count(self, only: exp.Expr | None = None) -> exp.Expr:
        """Return how many values there are."""
        return self._over(exp.Count(this=self._value(only)))

    def total(self, only: exp.Expr | None = None) -> exp.Expr:
        """Return the sum of all values, of floats rounded; null for whoever is not compared."""
        return self._if_compared(self.late.dialect.total(self._value(only), self.population.value.type, self._over))

    def least(self, only: exp.Expr) -> exp.Expr:
        """Return the smallest value of those for whom a condition holds; null for whoever is not compared."""
        return self._if_compared(self._over(exp.Min(this=self._value(only))))

    def _value(self, only: exp.Expr | None = None) -> exp.Expr:
        made = self.late.value(self.population.value)
        return made if only is None else case(only.copy(), made)

    def _order(self, *, is_descending: bool) -> exp.Order:
        ordered = exp.Ordered(this=self._value(), desc=is_descending, nulls_first=False)
        return exp.Order(expressions=[ordered])

    def _over(self, function: exp.Expr, order: exp.Order | None = None) -> exp.Expr:
        return exp.Window(this=function, partition_by=self._partition(), order=order)

    def _partition(self) -> list[exp.Expr]:
        within, among = self.population.within, self.population.among
        made = [] if within is None else [self.late.value(within)]
        return made if among is None else [*made, self.late.condition(among)]

    def _if_compared(self, made: exp.Expr) -> exp.Expr:
        conditions = [known(self.late.operand(self.population.value))]
        if self.population.within is not None:
            conditions.append(known(self.late.operand(self.population.within)))
        if self.population.among is not None:
            conditions.append(self.late.condition(self.population.among))
        compared = all_of(conditions)
        assert compared is not None
        return case(compared, made)


def _less_one(value: exp.Expr) -> exp.Expr:
    return exp.Paren(this=exp.Sub(this=value, expression=number(1)))


def _times(value: exp.Expr, factor: int) -> exp.Expr:
    return value if factor == 1 else exp.Mul(this=value, expression=number(factor))
