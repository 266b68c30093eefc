"""A definition as written: words and places, no types, no catalog."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TypeAlias

from segql.tree import Node, node

# ── small parts ──────────────────────────────────────────────────────────────────────────────────────────────────────


@node
class Comment(Node):
    """A comment with its `#`."""

    text: str


@node
class Name(Node):
    """A name, without its backticks."""

    text: str


@node
class Text(Node):
    """A text in quotes, its escapes resolved."""

    value: str


@node
class Number(Node):
    """A number: an int, or a Decimal if it has a point."""

    value: int | Decimal


@node
class Percent(Node):
    """A percentage: `5%` holds 5."""

    value: Decimal


@node
class Boolean(Node):
    """`true` or `false`."""

    value: bool


@node
class Date(Node):
    """A day."""

    value: dt.date


@node
class Timestamp(Node):
    """An instant; naive where no zone was written."""

    value: dt.datetime


@node
class Duration(Node):
    """A number of units, as `90 days` or `90d`."""

    count: int
    unit: str


@node
class Now(Node):
    """The instant of the run."""


@node
class Today(Node):
    """The date of the run."""


@node
class Hole(Node):
    """Stands where a value is missing; the parser has said so."""


@node
class Path(Node):
    """Names joined by points: `age`, `account.plan`, `properties."last event".name`."""

    names: tuple[Name, ...]

    @property
    def text(self) -> str:
        """The names joined by points."""
        return ".".join(each.text for each in self.names)


# ── values ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@node
class Group(Node):
    """What stands in brackets."""

    inner: Condition


@node
class Binary(Node):
    """`left sign right`; the signs are `+ - * / mod`."""

    sign: str
    left: Condition
    right: Condition


@node
class Negative(Node):
    """`- operand`."""

    operand: Condition


@node
class TypeName(Node):
    """A type as written: `text`, `decimal(10, 2)`, `list of text`; its name is empty where it was forgotten."""

    name: str
    item: str | None
    size: tuple[int, int | None] | None


@node
class Argument(Node):
    """What a function or aggregate is given; most parts are for aggregates only, `among` for places among everyone."""

    value: Condition
    distinct: bool
    read_as: TypeName | None
    window: Window | None
    among: Path | None
    where: Condition | None


@node
class Call(Node):
    """`function(arguments)`, also `most common(…)`, `active days(…)`, `avg gap(…)`."""

    function: Name
    arguments: tuple[Argument, ...]


@node
class DaysSince(Node):
    """`days since operand`."""

    operand: Condition


@node
class PartOf(Node):
    """`month of operand`; the part is `year quarter month day weekday` or `hour`."""

    part: str
    operand: Condition


# ── conditions ───────────────────────────────────────────────────────────────────────────────────────────────────────


@node
class And(Node):
    """All of the operands; there are at least two."""

    operands: tuple[Condition, ...]


@node
class Or(Node):
    """Any of the operands; there are at least two."""

    operands: tuple[Condition, ...]


@node
class Not(Node):
    """`not operand`."""

    operand: Condition


@node
class Comparison(Node):
    """`left op right`; the ops are `= != < <= > >=`."""

    op: str
    left: Condition
    right: Condition
    ignoring_case: bool


@node
class Between(Node):
    """`operand between low and high`, both ends in."""

    operand: Condition
    low: Condition
    high: Condition
    negated: bool


@node
class InValues(Node):
    """`operand in (values)`."""

    operand: Condition
    values: tuple[Condition, ...]
    negated: bool
    ignoring_case: bool


@node
class IsMissing(Node):
    """`operand is missing`, or with `known` the other way round."""

    operand: Condition
    known: bool


@node
class TextMatch(Node):
    """`operand starts with|ends with|contains|like` one value, or any of several."""

    test: str
    operand: Condition
    values: tuple[Condition, ...]
    any_of: bool
    negated: bool
    ignoring_case: bool


@node
class Matches(Node):
    """`operand matches /pattern/`; with `i` after it, whatever the case."""

    operand: Condition
    pattern: str
    negated: bool
    ignoring_case: bool


@node
class Has(Node):
    """`operand has value`, `has any of (…)`, `has all of (…)`; `how` is `one`, `any` or `all`."""

    operand: Condition
    how: str
    values: tuple[Condition, ...]
    negated: bool
    ignoring_case: bool


@node
class InWindow(Node):
    """`operand window`: a date that lies in it, or a trait that is counted in it."""

    operand: Condition
    window: Window


@node
class HasAnniversary(Node):
    """`operand has anniversary window`."""

    operand: Condition
    window: Window
    negated: bool


@node
class AsOf(Node):
    """`as of d ago`, or `as of x`: one of the two is None."""

    ago: Duration | None
    moment: Condition | None


@node
class InSegment(Node):
    """`in segment path`, maybe `as of` another instant; with an operand, the related entity's segment."""

    operand: Condition | None
    segment: Path
    as_of: AsOf | None = None


@node
class Crossed(Node):
    """`entered segment path window`, or with `out` `left segment path window`."""

    segment: Path
    window: Window
    out: bool


@node
class AlsoWith(Node):
    """`operand in also bought with value`, its least lift and support, and how many at most."""

    operand: Condition
    value: Condition
    min_lift: Number | None
    min_support: Number | None
    top: Number | None


@node
class InAnySegment(Node):
    """`in any segment (a, b)`."""

    segments: tuple[Path, ...]


@node
class InList(Node):
    """`in list name`."""

    name: Name


@node
class InExtreme(Node):
    """`operand in top|bottom p%`, maybe `among segment name`."""

    operand: Condition
    end: str
    percent: Percent
    among: Path | None


@node
class RankArgument(Node):
    """The `within group` of `rank(x within group)`, which stands where a window could."""

    group: Condition


@node
class Everyone(Node):
    """Every member."""


@node
class Nobody(Node):
    """No member."""


@node
class HowMany(Node):
    """`at least 2`, `at most 2`, `exactly 2`, `between 2 and 4`: None leaves an end open."""

    at_least: int | None
    at_most: int | None


@node
class KOfN(Node):
    """`at least 2 of (conditions)`; `none of` is at most 0."""

    how_many: HowMany
    conditions: tuple[Condition, ...]


@node
class Quantified(Node):
    """`any|no|every rows where (…)`, or with a number of rows; `how` is `any no every count`."""

    how: str
    how_many: HowMany | None
    rows: Path
    window: Window | None
    where: Condition | None


# ── behaviour ────────────────────────────────────────────────────────────────────────────────────────────────────────


@node
class Occurrence(Node):
    """An event, how often, when, which, and the name it goes by."""

    event: Path
    how_many: HowMany | None
    window: Window | None
    where: Condition | None
    alias: Name | None
    first: bool


@node
class Did(Node):
    """`did occurrence`, `did not occurrence`, `never did occurrence`."""

    occurrence: Occurrence
    negated: bool


@node
class Step(Node):
    """One step of a sequence; `how` is `then`, `not`, `without` or `immediately`; `without` names the excluded."""

    how: str
    occurrence: Occurrence
    without: tuple[Name, ...]


@node
class Sequence(Node):
    """`did first step then step …`; `among` is None, `()` for any event, or names."""

    first: Occurrence
    steps: tuple[Step, ...]
    within: Duration | None
    among: tuple[Name, ...] | None


@node
class AnyOrder(Node):
    """`did all of (a, b) in any order within d`."""

    events: tuple[Name, ...]
    within: Duration


@node
class FirstEver(Node):
    """`first event window`: the first ever falls in the window."""

    event: Path
    window: Window | None
    where: Condition | None


@node
class Stopped(Node):
    """`stopped event for d`, maybe `after any in the e before`."""

    event: Path
    quiet: Duration
    where: Condition | None
    active_before: Duration | None


@node
class Resumed(Node):
    """`resumed event window after a gap of d where (…)`."""

    event: Path
    window: Window
    gap: Duration
    where: Condition | None


# ── windows ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@node
class Last(Node):
    """`in last d`."""

    duration: Duration


@node
class Next(Node):
    """`in next d`."""

    duration: Duration


@node
class Calendar(Node):
    """`in this|previous|next unit`, `in previous 3 units`: `count` whole units from `offset` units on."""

    unit: str
    offset: int
    count: int


@node
class Day(Node):
    """`today`, `yesterday` or `tomorrow`, as offset 0, -1 or 1."""

    offset: int


@node
class BetweenAgo(Node):
    """`between far and near ago`."""

    far: Duration
    near: Duration


@node
class MoreThan(Node):
    """`more than d ago`, or with `ahead` `more than d from now`."""

    duration: Duration
    ahead: bool


@node
class Exactly(Node):
    """`exactly d ago`, or with `ahead` `exactly d from now`: that calendar day."""

    duration: Duration
    ahead: bool


@node
class Since(Node):
    """`since x`."""

    start: Condition


@node
class Before(Node):
    """`before x`."""

    end: Condition


@node
class FromTo(Node):
    """`from x to y`, both days in."""

    start: Condition
    end: Condition


@node
class Within(Node):
    """`within d after|before|of anchor`; a step of a sequence has no anchor of its own (side `step`)."""

    duration: Duration
    side: str
    anchor: Condition | None


@node
class Apart(Node):
    """`after d`, `after d within e`: how long at least, and maybe at most, after the step before."""

    least: Duration
    most: Duration | None


@node
class Rhythm(Node):
    """`every unit for n units`, `in at least m of the last n periods`: `at_least` of `count` periods of `length`."""

    at_least: int | None
    count: int
    length: Duration


@node
class Sliding(Node):
    """`in any d`: somewhere in history."""

    duration: Duration


Window: TypeAlias = (
    Last
    | Next
    | Calendar
    | Day
    | BetweenAgo
    | MoreThan
    | Exactly
    | Since
    | Before
    | FromTo
    | Within
    | Apart
    | Rhythm
    | Sliding
    | RankArgument
)

Constant: TypeAlias = (
    Text | Number | Percent | Boolean | Date | Timestamp | Duration | Now | Today | Hole | Path | Negative
)

Condition: TypeAlias = (
    Text
    | Number
    | Percent
    | Boolean
    | Date
    | Timestamp
    | Duration
    | Now
    | Today
    | Hole
    | Path
    | Group
    | Binary
    | Negative
    | Call
    | DaysSince
    | PartOf
    | And
    | Or
    | Not
    | Comparison
    | Between
    | InValues
    | IsMissing
    | TextMatch
    | Matches
    | Has
    | InWindow
    | HasAnniversary
    | InSegment
    | Crossed
    | AlsoWith
    | InAnySegment
    | InList
    | InExtreme
    | Everyone
    | Nobody
    | KOfN
    | Quantified
    | Did
    | Sequence
    | AnyOrder
    | FirstEver
    | Stopped
    | Resumed
)

# ── declarations ─────────────────────────────────────────────────────────────────────────────────────────────────────


@node
class TableName(Node):
    """Where rows come from: a dotted name, or a file in quotes."""

    parts: tuple[str, ...]
    is_file: bool


@node
class Attribute(Node):
    """A word after a field's type: `optional`, `pii`, or `column`, `values`, `text` with what belongs to it."""

    word: str
    text: Text | None
    values: tuple[Condition, ...]


@node
class FieldRow(Node):
    """A field: name, type, the zone of a timestamp, attributes."""

    name: Name
    type: TypeName
    zone: Text | None
    attributes: tuple[Attribute, ...]


@node
class Entity(Node):
    """`entity name from table key column fields`."""

    name: Name
    description: Text | None
    table: TableName
    where: Condition | None
    key: Name
    fields: tuple[FieldRow, ...]


@node
class Events(Node):
    """`events name of owner from table by column at column fields`."""

    name: Name
    owner: Name
    description: Text | None
    table: TableName
    where: Condition | None
    by: Name
    at: Name
    zone: Text | None
    fields: tuple[FieldRow, ...]


@node
class One(Node):
    """`one name of owner from table key column by column fields`, or `to entity by column`."""

    name: Name
    owner: Name
    description: Text | None
    table: TableName | None
    key: Name | None
    target: Name | None
    by: Name
    fields: tuple[FieldRow, ...]


@node
class Many(Node):
    """`many name of owner from table by column fields`, or, for an entity's own rows, `by column` alone."""

    name: Name
    owner: Name
    description: Text | None
    table: TableName | None
    where: Condition | None
    by: Name
    fields: tuple[FieldRow, ...]


@node
class Trait(Node):
    """`trait name = value`."""

    name: Name
    owner: Name | None
    description: Text | None
    body: Condition


@node
class Param(Node):
    """`param name type = value`."""

    name: Name
    type: TypeName
    description: Text | None
    value: Condition


@node
class StaticList(Node):
    """`list name of entity from "file" key column`."""

    name: Name
    owner: Name
    description: Text | None
    path: Text
    key: Name


@node
class Metadata(Node):
    """A line about a segment: `owner "…"`, `tags a, b`."""

    word: Name
    values: tuple[Name | Text, ...]


@node
class Segment(Node):
    """`segment name metadata where condition`. A bare condition has no name of its own: it takes its file's."""

    name: Name
    owner: Name | None
    description: Text | None
    metadata: tuple[Metadata, ...]
    condition: Condition


@node
class Points(Node):
    """A row of a score: points `when` a condition holds, or `for each` event."""

    points: Decimal
    condition: Condition | None
    event: Name | None
    window: Window | None
    where: Condition | None
    cap: Number | None


@node
class Score(Node):
    """`score name rows`."""

    name: Name
    owner: Name | None
    description: Text | None
    rows: tuple[Points, ...]


@node
class Tier(Node):
    """`name when condition`; the last is `name otherwise`."""

    name: Name
    condition: Condition | None


@node
class Tiers(Node):
    """`tiers name rows`."""

    name: Name
    owner: Name | None
    description: Text | None
    rows: tuple[Tier, ...]


@node
class Arm(Node):
    """`name percentage`."""

    name: Name
    percent: Percent


@node
class Split(Node):
    """`split name of segment|entity seed text by column arms`."""

    name: Name
    owner: Name
    of_segment: bool
    description: Text | None
    seed: Text
    by: Name | None
    arms: tuple[Arm, ...]


Declaration: TypeAlias = Entity | Events | One | Many | Trait | Param | StaticList | Segment | Score | Tiers | Split


@node
class Module(Node):
    """A file: its declarations in order, and its comments. `is_bare`: it holds one bare condition."""

    declarations: tuple[Declaration, ...]
    comments: tuple[Comment, ...]
    is_bare: bool
