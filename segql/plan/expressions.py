"""Typed values and conditions: what a member must be, with every name resolved.

A condition is an expression of type boolean and is true or false for every row, never unknown. Any other expression
may be missing. Levels say whose row is read: 0 is the member, 1 the row of the aggregate around, 2 the row of an
aggregate inside that one.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from segql.plan.population import Measure
from segql.plan.windows import Bound, Window
from segql.tree import Node, node
from segql.types import BOOLEAN, DURATION, INTEGER, TIMESTAMP, WEEKDAY, Type

# `Literal.value` by type: bool; int; Decimal; float; str; date; aware datetime in UTC; int microseconds for a
# duration; 1 (Monday) to 7 (Sunday) for a weekday.
Constant: TypeAlias = bool | int | Decimal | float | str | dt.date | dt.datetime


class Op(StrEnum):
    """How two values compare. `!=` is `Not(Compare(EQ))`: there is one way to say each thing."""

    EQ = "="
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="


class Sign(StrEnum):
    """Arithmetic. `/` gives a decimal of six places; `MOD` takes the sign of the dividend."""

    ADD = "+"
    SUB = "-"
    MUL = "*"
    DIV = "/"
    MOD = "mod"


class Function(StrEnum):
    """Functions of one value; `ROUND` takes the number of places as a second literal."""

    LOWER = "lower"
    UPPER = "upper"
    LENGTH = "length"
    SIZE = "size"
    ABS = "abs"
    ROUND = "round"


class Part(StrEnum):
    """Parts of a date; of a timestamp they are read on the project's wall clock. `WEEKDAY` is 1 for Monday."""

    YEAR = "year"
    QUARTER = "quarter"
    MONTH = "month"
    DAY = "day"
    WEEKDAY = "weekday"
    HOUR = "hour"


class TextTest(StrEnum):
    """How a text is tested against another. `LIKE` covers the whole text and knows `*` and `?`."""

    STARTS = "starts with"
    ENDS = "ends with"
    CONTAINS = "contains"
    LIKE = "like"


class Tally(StrEnum):
    """What is made of the rows of an aggregate.

    `COUNT` counts rows; `DISTINCT` counts different known values; `ACTIVE_DAYS` counts dates on the project's wall
    clock; `FIRST` and `LAST` give the value (of events without a value: the instant) of the earliest or latest
    event; `GAP` is the mean time between consecutive events; `MOST_COMMON` the most frequent known value.
    """

    COUNT = "count"
    DISTINCT = "count distinct"
    SUM = "sum"
    AVG = "avg"
    MIN = "min"
    MAX = "max"
    MEDIAN = "median"
    FIRST = "first"
    LAST = "last"
    MOST_COMMON = "most common"
    ACTIVE_DAYS = "active days"
    GAP = "avg gap"


# Zero where there are no rows; what any other tally gives is missing there.
FROM_ZERO = frozenset({Tally.COUNT, Tally.DISTINCT, Tally.SUM, Tally.ACTIVE_DAYS})


class Side(StrEnum):
    """Where a stretch of elapsed time lies, seen from its anchor x, for a duration d."""

    AFTER = "after"  # x < t <= x + d
    BEFORE = "before"  # x - d <= t < x
    OF = "of"  # x - d <= t <= x + d


@node
class Condition(Node):
    """What is true or false for every row, never unknown."""

    @property
    def type(self) -> Type:
        """Always boolean."""
        return BOOLEAN


@node
class Literal(Node):
    """A constant."""

    value: Constant
    type: Type


@node
class ClockTime(Node):
    """What the clock gives: the instant of a bound, or, of type date, that instant's day on the wall clock.

    `now` is `ClockTime(NOW, TIMESTAMP)`, `today` is `ClockTime(NOW, DATE)`.
    """

    bound: Bound
    type: Type


@node
class Field(Node):
    """The field `name` of the row at `level`, reached through the many-to-one relations in `path`.

    Of a list's items the only field is `value`.
    """

    level: int
    path: tuple[str, ...]
    name: str
    type: Type


@node
class JsonValue(Node):
    """What stands at `steps` inside the json of `base`, read as `type`; missing where it is of another type."""

    base: Expr
    steps: tuple[str, ...]
    type: Type


@node
class Compare(Condition):
    """Whether both values are known and stand in this relation."""

    op: Op
    left: Expr
    right: Expr


@node
class OneOf(Condition):
    """Whether the value is known and equals one of the options."""

    value: Expr
    options: tuple[Literal, ...]


@node
class IsMissing(Condition):
    """Whether the value is missing."""

    value: Expr


@node
class TextMatch(Condition):
    """Whether both texts are known and `value` passes `test` against `other` (a literal pattern for `LIKE`)."""

    test: TextTest
    value: Expr
    other: Expr


@node
class Matches(Condition):
    """Whether the text is known and the regular expression is found in it."""

    value: Expr
    pattern: str


@node
class And(Condition):
    """Whether all conditions hold; there are at least two."""

    operands: tuple[Expr, ...]


@node
class Or(Condition):
    """Whether at least one condition holds; there are at least two."""

    operands: tuple[Expr, ...]


@node
class Not(Condition):
    """Whether the condition does not hold: its exact complement."""

    operand: Expr


@node
class CountTrue(Node):
    """How many of the conditions hold."""

    conditions: tuple[Expr, ...]

    @property
    def type(self) -> Type:
        """Always integer."""
        return INTEGER


@node
class Choice(Node):
    """The value whose condition is the first to hold; `otherwise` where none does, missing where that is None.

    There are as many values as conditions, at least one.
    """

    conditions: tuple[Expr, ...]
    values: tuple[Expr, ...]
    otherwise: Expr | None
    type: Type


@node
class MemberKey(Node):
    """The key of the member. `type` is its declared one, or that of an opaque key."""

    type: Type


@node
class Bucket(Node):
    """The bucket of a value, from 0 to 9999, always the same for the same value and seed; missing if the value is.

    It is the first 8 hexadecimal digits of md5 over UTF-8 `seed`, `:`, the value as text, as a number, modulo 10 000.
    """

    seed: str
    value: Expr

    @property
    def type(self) -> Type:
        """Always integer."""
        return INTEGER


@node
class Arithmetic(Node):
    """Two numbers, or a moment or duration and a duration, made into one; missing if either is, or for a zero divisor.

    With a float on either side both are floats.
    """

    sign: Sign
    left: Expr
    right: Expr
    type: Type


@node
class Call(Node):
    """A function of its arguments; missing if the first is."""

    function: Function
    arguments: tuple[Expr, ...]
    type: Type


@node
class DatePart(Node):
    """A part of a date, or of a timestamp on the project's wall clock."""

    part: Part
    value: Expr

    @property
    def type(self) -> Type:
        """A weekday for `WEEKDAY`, else integer."""
        return WEEKDAY if self.part is Part.WEEKDAY else INTEGER


@node
class Instant(Node):
    """The instant of a date's midnight in the project's zone."""

    value: Expr

    @property
    def type(self) -> Type:
        """Always timestamp."""
        return TIMESTAMP


@node
class DaysSince(Node):
    """Whole 24 hours from a timestamp to T, toward zero; of a date, the calendar days between it and T's date."""

    value: Expr

    @property
    def type(self) -> Type:
        """Always integer."""
        return INTEGER


@node
class InWindow(Condition):
    """Whether the date or timestamp is known and lies in the window."""

    value: Expr
    window: Window


@node
class Anniversary(Condition):
    """Whether the day of a known date (or timestamp, on the wall clock) recurs in the window of whole days."""

    value: Expr
    window: Window


@node
class Near(Condition):
    """Whether both moments are known and `value` lies within `duration` microseconds on that side of `anchor`."""

    value: Expr
    side: Side
    duration: int
    anchor: Expr


@node
class InSegment(Condition):
    """Whether somebody belongs to the segment of that name, which the request holds too.

    Who is asked about is the member of the row at `level`, reached through the many-to-one relations in `path`. With
    `as_of`, it is asked at that bound of the clock instead of at T, and never later than T.
    """

    name: str
    level: int = 0
    path: tuple[str, ...] = ()
    as_of: Bound | None = None

    @property
    def is_own(self) -> bool:
        """Whether it is asked of the member itself, at T; inside the condition of a row that is another question."""
        return self.level == 0 and not self.path and self.as_of is None


@node
class InList(Condition):
    """Whether a key stands in the static list of that name: the member's, or that of the row at `level`."""

    name: str
    level: int = 0


@node
class AlsoWith(Condition):
    """Whether a value of an event is one that those who have `given` have more often than others.

    The value is read from each event of `stream` for which `where`, the stream's own filter, holds; both read that
    event at the level of the event that is asked about. Counted are people, each value of theirs once: those
    who have both, those who have each, and all who have any. A value belongs to the set if at least `min_support`
    have both, and the lift, both · all / (those with it · those with `given`), is at least `min_lift`; of these, with
    `top`, only so many of the highest lift, ties by value. `given` itself never does.
    """

    value: Expr
    stream: str
    level: int
    where: Expr | None
    given: Literal
    min_lift: Decimal
    min_support: int
    top: int | None


@node
class Events(Node):
    """Events of a stream of the member before T, in the window if there is one, for which `where` holds.

    `where` holds the stream's own filter too. It reads the event at the aggregate's level plus one.
    """

    stream: str
    window: Window | None
    where: Expr | None


@node
class Related(Node):
    """Rows of a `many` relation of the member for which `where` holds."""

    relation: str
    where: Expr | None


@node
class Items(Node):
    """Items of a list, or of the array at a json path, for which `where` holds; a missing list has none."""

    of: Expr
    where: Expr | None


Rows: TypeAlias = Events | Related | Items


@node
class Moment(Node):
    """The instant of the event at `level`."""

    level: int

    @property
    def type(self) -> Type:
        """Always timestamp."""
        return TIMESTAMP


@node
class Aggregate(Node):
    """A value made of rows. `value` reads the row at the aggregate's level plus one; None where the rows count."""

    tally: Tally
    rows: Rows
    value: Expr | None
    type: Type


@node
class Population(Node):
    """What `measure` finds for a member among all members whose `value` is known; missing for everyone else.

    With `within` only those of the same group count, and whose group is missing is in none. With `among` only members
    of that segment count. `Extreme` is true or false: false for everyone else.
    """

    measure: Measure
    value: Expr
    within: Expr | None
    among: InSegment | None
    type: Type


@node
class Course(Condition):
    """Whether the member's events took a course, an order or a spacing; the kinds are in `sequences.py`."""


@node
class Unknown(Node):
    """Stands where analysis found a mistake and said so; no plan that runs holds one."""

    type: Type


Expr: TypeAlias = (
    Literal
    | ClockTime
    | Field
    | Moment
    | JsonValue
    | Compare
    | OneOf
    | IsMissing
    | TextMatch
    | Matches
    | And
    | Or
    | Not
    | CountTrue
    | Choice
    | MemberKey
    | Bucket
    | Arithmetic
    | Call
    | DatePart
    | Instant
    | DaysSince
    | InWindow
    | Anniversary
    | Near
    | InSegment
    | InList
    | AlsoWith
    | Aggregate
    | Population
    | Course
    | Unknown
)

TRUE = Literal(True, BOOLEAN)
FALSE = Literal(False, BOOLEAN)


def microseconds(value: int) -> Literal:
    """Return a literal duration of that many microseconds."""
    return Literal(value, DURATION)
